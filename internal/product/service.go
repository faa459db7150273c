package product

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/form/source"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Service is the use cases of suppliers.
type Service struct {
	gate    *work.Gate
	library *fund.Library
	files   *files.Store
}

// NewService makes the service.
func NewService(gate *work.Gate, library *fund.Library, store *files.Store) *Service {
	return &Service{gate, library, store}
}

// DefaultForm is the question set that a return uses unless another is asked for.
const DefaultForm = "dtac-v2"

// form is a question set of DTAC; empty: the default.
func (s *Service) form(id string) (*form.Form, error) { return QuestionSet(s.library, id) }

// QuestionSet is a question set of DTAC; empty: the default.
func QuestionSet(library *fund.Library, id string) (*form.Form, error) {
	if id == "" {
		id = DefaultForm
	}
	f, err := library.Form(id)
	if err != nil || !strings.HasPrefix(id, "dtac-") {
		return nil, work.NotFound("form")
	}
	return f, nil
}

// Own is a product as its supplier sees it in a list.
type Own struct {
	Product
	Sent        bool
	Provisional status.Status
	Position    *Position
	Calls       int // in which applications name it: all that a supplier learns of them
}

// Mine gives the products for whose supplier the one who is signed in acts.
func (s *Service) Mine(ctx context.Context) ([]Own, error) {
	var list []Own
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ListProducts, access.Facts{}); err != nil {
			return err
		}
		products, err := mine(tx, tx.By.ID)
		if err != nil || len(products) == 0 {
			return err
		}
		list, err = owned(tx, products)
		return err
	})
	return list, err
}

// owned gives what a supplier sees of its products in a list.
func owned(tx *work.Tx, products []Product) ([]Own, error) {
	ids := make([]ident.Product, len(products))
	for i, p := range products {
		ids[i] = p.ID
	}
	seen, err := provisionals(tx, products, nil)
	if err != nil {
		return nil, err
	}
	calls, err := countCalls(tx, ids)
	if err != nil {
		return nil, err
	}
	positions, err := positionsOf(tx, ids)
	list := make([]Own, len(products))
	for n, p := range products {
		list[n] = Own{Product: p, Provisional: seen[p.ID].status, Sent: len(seen[p.ID].forms) > 0, Calls: calls[p.ID]}
		if i := slices.IndexFunc(positions, func(x Position) bool { return x.ProductID == p.ID }); i >= 0 {
			list[n].Position = &positions[i]
		}
	}
	return list, err
}

// Space is a product with its return as its supplier works on it.
type Space struct {
	Product  *Product
	Form     *form.Form
	Section  *form.Section // that is open; nil: none
	Return   *Return       // with revision 0 if nothing was saved yet
	Progress map[form.Code]form.Progress
	Result   status.Result // of the body, as it stands today
	Position *Position
	Call     *fund.Call // whose limits the result is computed with; nil: none
	Editable bool
	Clashes  []form.Clash // answers that somebody else changed too: of these nothing was saved
	Others   bool         // somebody else changed the return meanwhile
	Fillings []Filling    // what applications filled in before there was a supplier, for those who answer for it
	Problems fault.Problems
}

// Show gives a product's return on a form to its supplier, with a section open if one is named.
func (s *Service) Show(ctx context.Context, id ident.Product, formID, section string) (Space, error) {
	var sp Space
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		sp, err = s.space(tx, id, formID, section, access.ViewReturn)
		if err != nil {
			return err
		}
		tx.Saw("DTAC return", string(id))
		if sp.Editable, err = tx.May(access.AnswerReturn, sp.Product.reached(tx, access.AnswerReturn)); err != nil {
			return err
		}
		if sp.Editable {
			sp.Fillings, err = fillings(tx, sp.Product)
			return err
		}
		open, err := tx.May(access.ViewSecurityEvidence, sp.Product.reached(tx, access.ViewSecurityEvidence))
		if !open {
			sp.Return.Body.Evidence = sealed(sp.Form, sp.Return.Body.Evidence)
			sp.Return.Sent.Evidence = sealed(sp.Form, sp.Return.Sent.Evidence)
		}
		return err
	})
	return sp, err
}

// space reads a product and its return for an action.
func (s *Service) space(tx *work.Tx, id ident.Product, formID, section string, act access.Action) (Space, error) {
	p, err := byID(tx, id)
	if err != nil {
		return Space{}, err
	}
	if err := tx.Require(act, p.reached(tx, act)); err != nil {
		return Space{}, err
	}
	f, err := s.form(formID)
	if err != nil {
		return Space{}, err
	}
	sp := Space{Product: p, Form: f}
	if section != "" {
		found, ok := f.Section(section)
		if !ok {
			return sp, work.NotFound("section")
		}
		sp.Section = found
	}
	if sp.Return, err = returnOf(tx, p.ID, f.ID); err != nil {
		return sp, err
	}
	if sp.Return == nil {
		sp.Return = &Return{ID: ident.New[ident.Return](), ProductID: p.ID, Form: f.ID, ProductVersion: p.Version, Body: Content{Answers: prefilled(p, f)}}
	}
	if call := p.call(); call != "" {
		if sp.Call, err = fund.CallByID(tx, call); err != nil {
			return sp, err
		}
	}
	return sp, s.complete(tx, &sp)
}

// call is the one whose limits the status of a return is computed with, or nothing.
func (p *Product) call() ident.Call {
	switch {
	case len(p.places) > 0:
		return p.places[0].CallID
	case p.hold != nil:
		return p.hold.CallID
	}
	return ""
}

// prefilled are the answers that are known before the supplier begins.
func prefilled(p *Product, f *form.Form) form.Answers {
	answers := form.Answers{}
	if f.ID == DefaultForm {
		answers["A1"], answers["A2"], answers["A3"] = form.Value{Text: p.Supplier}, form.Value{Text: p.Name}, form.Value{Text: p.Version}
	}
	return answers
}

// complete works out how far the return is.
func (s *Service) complete(tx *work.Tx, sp *Space) error {
	how := form.How{Mode: form.Complete, Today: today(tx), Evidence: attached(sp.Return.Body)}
	sp.Progress = map[form.Code]form.Progress{}
	for _, sec := range sp.Form.Sections {
		sp.Progress[sec.Code] = form.SectionProgress(sp.Form, sec, sp.Return.Body.Answers, how)
	}
	by, err := waivers(tx, []Return{*sp.Return})
	if err != nil {
		return err
	}
	sp.Result, err = status.Evaluate(sp.Form, sp.Return.Body.of(sp.Product, settings(sp.Call, sp.Form), by[sp.Return.ID]), today(tx))
	if err != nil {
		return fmt.Errorf("evaluating the return of %s: %w", sp.Product.ID, err)
	}
	positions, err := positionsOf(tx, []ident.Product{sp.Product.ID})
	if err == nil && len(positions) > 0 {
		sp.Position = &positions[0]
	}
	return err
}

func today(tx *work.Tx) form.Date { return form.Date(uktime.Day(tx.Now)) }

// attached tells what evidence a return has, whatever its date.
func attached(c Content) form.EvidenceFunc {
	return func(code form.Code, kind string) bool {
		return slices.ContainsFunc(c.Evidence, func(e status.Evidence) bool { return e.Question == code && (kind == "" || e.Kind == kind) })
	}
}

// UploadReturn takes a whole return from a file of the format that `dtac status` reads, in place of what was there. What assessors
// decide and what a call asks is not read from it.
func (s *Service) UploadReturn(ctx context.Context, id ident.Product, formID, fileName string, data []byte) error {
	return s.edit(ctx, id, formID, "upload", func(_ *work.Tx, sp *Space) error {
		r, err := status.ParseReturn(sp.Form, fileName, data)
		if ps := source.Of(err); len(ps) > 0 {
			return fault.Fields(fault.Problems{"return": ps[:min(len(ps), 10)].Error()})
		}
		if err != nil {
			return fmt.Errorf("reading a return: %w", err)
		}
		if v := r.Product.Version; v != "" && plain(v) != plain(sp.Product.Version) {
			return fault.Fields(fault.Problems{"return": fmt.Sprintf("The file is about version %s of the product, this page about version %s", v, sp.Product.Version)})
		}
		sp.Return.Body = Content{Answers: r.Answers, Evidence: r.Evidence, Plan: r.Plan, UnaffectedSince: r.Product.UnaffectedSince}
		return nil
	})
}

// Submit sends the return to the fund. Every question that decides must be answered or have an action in the plan. What assessors
// decided of a question stands only while its answer and evidence stay what they were.
func (s *Service) Submit(ctx context.Context, id ident.Product, formID string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		sp, err := s.space(tx, id, formID, "", access.SubmitReturn)
		if err != nil {
			return err
		}
		if sp.Result.Provisional == status.Incomplete {
			return &fault.Fault{Kind: fault.Invalid, Words: "Some questions have neither an answer nor an action in the plan", Fields: missing(sp)}
		}
		if err := sp.ready(tx); err != nil {
			return err
		}
		return send(tx, &sp)
	})
}

// send keeps what a return says as what was sent.
func send(tx *work.Tx, sp *Space) error {
	r := sp.Return
	digest, err := r.Body.digest()
	if err != nil {
		return err
	}
	if r.IsSent() && digest == r.SentDigest {
		return nil // the same again
	}
	if err := clearOutdated(tx, r); err != nil {
		return err
	}
	if err := markSent(tx, r); err != nil {
		return err
	}
	r.Sent, r.SentDigest, r.SubmittedBy, r.SubmittedAt = r.Body, digest, actor(tx), &tx.Now
	r.endTyping()
	tx.Record(event(r.ProductID, string(access.SubmitReturn), map[string]any{"form": sp.Form.ID, "digest": digest}))
	if err := saveReturn(tx, r); err != nil {
		return err
	}
	return Restand(tx, r.ProductID)
}

// missing names the questions that keep a return from being sent.
func missing(sp Space) fault.Problems {
	problems := fault.Problems{}
	for _, i := range sp.Result.Items {
		planned := slices.ContainsFunc(sp.Return.Body.Plan, func(p status.Planned) bool { return p.Question == i.Question })
		if i.Mechanical == status.Unanswered && !planned {
			problems[string(i.Question)] = fmt.Sprintf("Answer question %s, or add an action for it to the plan", i.Question)
		}
	}
	for _, code := range form.Missing(sp.Form, nil, sp.Return.Body.Answers) {
		q, ok := sp.Form.Question(code)
		if ok && q.Assessed == form.AssessedNone && slices.Contains(sp.Form.Outcome.PassSections, q.Section) {
			problems[string(code)] = fmt.Sprintf("Answer question %s: what else is asked depends on it", code)
		}
	}
	return problems
}

// clearOutdated takes back what was decided of questions to which the return now says something else.
func clearOutdated(tx *work.Tx, r *Return) error {
	by, err := assessmentsOf(tx, []ident.Return{r.ID})
	if err != nil {
		return err
	}
	var outdated []form.Code
	for _, a := range by[r.ID] {
		if r.Sent.differs(r.Body, a.Question) {
			outdated = append(outdated, a.Question)
		}
	}
	if len(outdated) == 0 {
		return nil
	}
	tx.Record(event(r.ProductID, "dtac.clear_assessments", map[string]any{"form": r.Form, "questions": outdated}))
	return dropAssessments(tx, r.ID, outdated)
}
