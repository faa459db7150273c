package otherfunding

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/money"
	"adoptionfund/internal/sheet"
)

// grants reads a file of grants in the 360Giving standard, grant by grant: JSON (a package) or CSV.
type grants struct {
	rows     grantRows
	schema   *standard
	problems *sheet.Problems
}

// row is a grant of a file with its number; or what is wrong with it.
type row struct {
	number int
	grant  map[string]any
	wrong  string
}

type grantRows interface {
	next() (row, error)
}

func readGrants(file io.Reader, problems *sheet.Problems) (reader, error) {
	schema, err := published()
	if err != nil {
		return nil, err
	}
	g := &grants{schema: schema, problems: problems}
	buffered := bufio.NewReaderSize(file, 64<<10)
	head, err := buffered.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading grants: %w", err)
	}
	if mark := []byte("\ufeff"); bytes.HasPrefix(head, mark) {
		head = head[len(mark):]
		if _, err := buffered.Discard(len(mark)); err != nil {
			return nil, fmt.Errorf("reading grants: %w", err)
		}
	}
	if head = bytes.TrimSpace(head); bytes.HasPrefix(head, []byte("{")) || bytes.HasPrefix(head, []byte("[")) {
		g.rows = &packaged{decoder: json.NewDecoder(buffered), schema: schema, about: map[string]any{}}
		return g, nil
	}
	g.rows, err = newFlat(buffered, schema)
	return g, err
}

func (g *grants) next() (*Record, error) {
	for {
		read, err := g.rows.next()
		if err != nil {
			return nil, err
		}
		r, wrong := g.record(read)
		if len(wrong) == 0 {
			return r, nil
		}
		for _, words := range wrong {
			g.problems.Add(read.number, "%s", words)
		}
	}
}

func (g *grants) record(read row) (*Record, []string) {
	if read.wrong != "" {
		return nil, []string{read.wrong}
	}
	if wrong := g.schema.check(read.grant); len(wrong) > 0 {
		return nil, wrong
	}
	r, wrong := record(read.grant)
	if wrong != "" {
		return nil, []string{wrong}
	}
	r.Line = int64(read.number)
	return r, nil
}

// packaged is a package of grants in JSON. It is read grant by grant, so that its size does not matter.
type packaged struct {
	decoder *json.Decoder
	schema  *standard
	begun   bool
	inside  bool
	number  int
	about   map[string]any // what else the package says of itself
}

func (p *packaged) next() (row, error) {
	if !p.begun {
		p.begun = true
		p.decoder.UseNumber()
		if token, err := p.decoder.Token(); err != nil || token != json.Delim('{') {
			return row{}, fault.Wrap(fault.Invalid, err, "The file must be a package of grants: {\"grants\": […]}")
		}
		if err := p.members(); err != nil {
			return row{}, err
		}
	}
	if !p.inside {
		return row{}, io.EOF
	}
	if !p.decoder.More() {
		if _, err := p.decoder.Token(); err != nil {
			return row{}, fault.Wrap(fault.Invalid, err, "row %d: the file ends too early or is no JSON", p.number+1)
		}
		p.inside = false
		if err := p.members(); err != nil {
			return row{}, err
		}
		return p.next()
	}
	p.number++
	var value any
	if err := p.decoder.Decode(&value); err != nil {
		return row{}, fault.Wrap(fault.Invalid, err, "row %d: this is no JSON, or the file ends too early", p.number)
	}
	grant, is := value.(map[string]any)
	if !is {
		return row{number: p.number, wrong: "a grant must be an object"}, nil
	}
	return row{number: p.number, grant: grant}, nil
}

// members reads what a package says of itself until its grants begin or it ends.
func (p *packaged) members() error {
	for p.decoder.More() {
		token, err := p.decoder.Token()
		name, _ := token.(string)
		if err == nil && name == "grants" {
			return p.enter()
		}
		var value any
		if err == nil {
			err = p.decoder.Decode(&value)
		}
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "The file is no JSON, or ends too early")
		}
		if len(p.about) < 50 {
			p.about[name] = value
		}
	}
	if _, err := p.decoder.Token(); err != nil {
		return fault.Wrap(fault.Invalid, err, "The file is no JSON, or ends too early")
	}
	if p.about["grants"] == nil {
		return fault.New(fault.Invalid, "The file must be a package of grants: {\"grants\": […]}")
	}
	return p.schema.checkPackage(p.about)
}

func (p *packaged) enter() error {
	if token, err := p.decoder.Token(); err != nil || token != json.Delim('[') || p.about["grants"] != nil {
		return fault.Wrap(fault.Invalid, err, "grants must be one list")
	}
	p.inside, p.about["grants"] = true, true
	return nil
}

// record is a grant that the schema allows as it is kept. Of a grant to an individual no name is kept.
func record(grant map[string]any) (*Record, string) {
	r := &Record{Source: Grant, Title: text(grant["title"]), Description: text(grant["description"]), Currency: text(grant["currency"]), FromDay: day(grant["awardDate"])}
	id := text(grant["id"])
	if id == "" || len(id) > 250 {
		return nil, "id must be from 1 to 250 characters"
	}
	if len(r.Currency) > 3 {
		return nil, "currency must be a code of three letters"
	}
	r.Identity = "grant:" + id
	var wrong string
	if r.Amount, wrong = pence(grant["amountAwarded"]); wrong != "" {
		return nil, wrong
	}
	names, codes := []string{"An individual"}, []string{""}
	if recipients := objects(grant["recipientOrganization"]); len(recipients) > 0 {
		names, codes = nil, nil
		for _, o := range recipients[:min(len(recipients), 30)] {
			names, codes = append(names, text(o["name"])), append(codes, codeOf(o))
		}
	}
	r.Organisation, r.Codes = several(names), several(codes)
	var given []string
	for _, o := range objects(grant["fundingOrganization"]) {
		given = append(given, text(o["name"]))
	}
	for _, o := range objects(grant["grantProgramme"]) {
		if title := text(o["title"]); title != "" {
			given = append(given, title)
		}
	}
	r.Funder = strings.Join(given, ", ")
	for _, o := range objects(grant["plannedDates"]) {
		if r.ToDay = day(o["endDate"]); day(o["startDate"]) != "" {
			r.FromDay = day(o["startDate"])
		}
	}
	return r, ""
}

// codeOf is the identifier of a recipient: its own, else by the number of the company or charity that it is.
func codeOf(o map[string]any) string {
	for _, id := range []string{text(o["id"]), "GB-COH-" + text(o["companyNumber"]), "GB-CHC-" + text(o["charityNumber"])} {
		if code := matching.Code(id); len(code) > 2 && len(code) <= 30 && code != "GBCOH" && code != "GBCHC" {
			return code
		}
	}
	return ""
}

func text(value any) string {
	s, _ := value.(string)
	return strings.TrimSpace(s)
}

// day is the day of a date or of a moment.
func day(value any) string {
	s := text(value)
	return strings.ToValidUTF8(s[:min(len(s), 10)], "")
}

func objects(value any) []map[string]any {
	items, _ := value.([]any)
	var all []map[string]any
	for _, item := range items {
		if o, is := item.(map[string]any); is {
			all = append(all, o)
		}
	}
	return all
}

// pence reads an amount in pounds exactly. Corrections are below nothing.
func pence(value any) (money.Pence, string) {
	n, is := value.(json.Number)
	amount, ok := new(big.Float).SetPrec(128).SetString(n.String())
	if !is || !ok || len(n) > 40 {
		return 0, "amountAwarded must be a number"
	}
	amount.Mul(amount, big.NewFloat(100))
	half := big.NewFloat(0.5)
	if amount.Sign() < 0 {
		half.Neg(half)
	}
	whole, _ := amount.Add(amount, half).Int64()
	if whole > 1e15 || whole < -1e15 {
		return 0, "amountAwarded is too large"
	}
	return money.Pence(whole), ""
}
