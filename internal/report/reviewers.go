package report

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"

	"adoptionfund/internal/access"
	"adoptionfund/internal/agreement"
	"adoptionfund/internal/application"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
)

// reviewers is what reviewers have to do, and how they score beside others.
func reviewers() *Report {
	return &Report{
		Kind: "reviewers", Title: "Reviewers", One: "reviewer in a call", Many: "reviewers in calls", Action: access.ReportReviewers, Personal: true,
		About:   "What each reviewer was given, has done and is late with, and how they score beside the others who scored the same applications.",
		Sources: "The assignments, and the scores of reviewers that stand. Applications that the reader is barred from enter none of the figures.",
		Columns: []Column{
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of the call"},
			{Name: "reviewer", Label: "Reviewer", Type: Text, Meaning: "By name to those who may see names, else by kind and number"},
			{Name: "kind", Label: "Kind", Type: Text, Meaning: "As which kind of reviewer"},
			{Name: "assigned", Label: "Assigned", Type: Number, Meaning: "How many reviews stand or are done", Sum: true},
			{Name: "done", Label: "Sent", Type: Number, Meaning: "How many of those are sent", Sum: true},
			{Name: "late", Label: "Late", Type: Number, Meaning: "How many are not sent and past their date", Sum: true},
			{Name: "declined", Label: "Declined", Type: Number, Meaning: "How many they declined", Sum: true, Aside: true},
			{Name: "struck", Label: "Struck", Type: Number, Meaning: "How many were struck because of a conflict, or given to somebody else", Sum: true, Aside: true},
			{Name: "scores", Label: "Scores", Type: Number, Meaning: "How many scores of theirs stand", Sum: true, Aside: true},
			{Name: "mean_score", Label: "Mean score", Type: Decimal, Meaning: "The mean of those, 0 to 5"},
			{Name: "leans", Label: "Leans", Type: Decimal, Meaning: "The mean difference from what others gave the same part of the same application; below nothing: harsh"},
			{Name: "severity", Label: "Severity", Type: Decimal, Meaning: "The calibrated severity, the mean over the parts by the number of scores; below nothing: harsh. Empty where the scores do not allow it"},
			{Name: "severity_sd", Label: "± SD", Type: Decimal, Meaning: "Its standard deviation, as if the parts were independent"},
		},
		Groups:  []Group{{"by_kind", "By kind of reviewer", nil}},
		Filters: []Filter{callFilter()},
		rows:    whole(reviewerRows),
	}
}

// mark is a reviewer's score that stands.
type mark struct {
	app    ident.Application
	part   string
	person ident.Person
	kind   string
	value  int
}

// marks gives the scores of reviewers in a call, without those of applications that the reader is barred from.
func (r *Reading) marks(c *fund.Call) ([]mark, error) {
	without, args := r.unbarred("s.application_id")
	query := "SELECT s.application_id, s.part, s.person, s.kind, s.value FROM scores s WHERE s.application_id IN (SELECT id FROM applications WHERE call_id = ?) AND s.state = 'standing' AND s.source = 'reviewer' AND s.value IS NOT NULL" +
		without + " ORDER BY s.application_id, s.part, s.person"
	var all []mark
	err := work.Each(r.tx, "scores", query, append([]any{c.ID}, args...), func(rows *sql.Rows) error {
		var m mark
		err := rows.Scan(&m.app, &m.part, &m.person, &m.kind, &m.value)
		all = append(all, m)
		return err //nolint:wrapcheck // each says what was read
	})
	return all, err
}

// unbarred leaves out what is of applications that the reader is barred from.
func (r *Reading) unbarred(column string) (string, []any) {
	if r.bars == 0 {
		return "", nil
	}
	return " AND " + column + " NOT IN (SELECT application_id FROM application_relations WHERE person = ? AND relation IN ?)", []any{r.tx.By.ID, application.Barring()}
}

type seat struct {
	person ident.Person
	kind   string
}

// load is what a reviewer has of a call.
type load struct {
	seat
	assigned, done, late, declined, struck int64
	scores, sum                            int64
	leans                                  float64
	pairs                                  int64
	severity                               *severity
}

func (r *Reading) loads(c *fund.Call) (map[seat]*load, error) {
	without, args := r.unbarred("s.application_id")
	query := `SELECT s.person, s.kind, s.state, COUNT(*), SUM(CASE WHEN s.due_at < ? THEN 1 ELSE 0 END) FROM assignments s
		WHERE s.application_id IN (SELECT id FROM applications WHERE call_id = ?)` + without + ` GROUP BY s.person, s.kind, s.state`
	all := map[seat]*load{}
	err := work.Each(r.tx, "assignments", query, append([]any{r.tx.Now, c.ID}, args...), func(rows *sql.Rows) error {
		var at seat
		var state string
		var n, due int64
		if err := rows.Scan(&at.person, &at.kind, &state, &n, &due); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		if all[at] == nil {
			all[at] = &load{seat: at}
		}
		all[at].count(state, n, due)
		return nil
	})
	return all, err
}

func (l *load) count(state string, n, due int64) {
	switch state {
	case "standing":
		l.assigned, l.late = l.assigned+n, l.late+due
	case "done":
		l.assigned, l.done = l.assigned+n, l.done+n
	case "declined":
		l.declined += n
	default:
		l.struck += n
	}
}

func reviewerRows(r *Reading) ([]Row, error) {
	var rows []Row
	for _, c := range r.inCalls() {
		loads, err := r.loads(&c)
		if err != nil {
			return nil, err
		}
		marks, err := r.marks(&c)
		if err != nil {
			return nil, err
		}
		compare(loads, marks)
		for at, s := range r.s.severities(marks) {
			if loads[at] != nil {
				loads[at].severity = s
			}
		}
		named, err := r.named(&c, loads)
		if err != nil {
			return nil, err
		}
		rows = append(rows, named...)
	}
	return rows, nil
}

// compare counts the scores of each reviewer, and how far they are from those of others on the same part of the same application.
func compare(loads map[seat]*load, marks []mark) {
	for from := 0; from < len(marks); {
		to := from
		sum := 0
		for ; to < len(marks) && marks[to].app == marks[from].app && marks[to].part == marks[from].part; to++ {
			sum += marks[to].value
		}
		for _, m := range marks[from:to] {
			l := loads[seat{m.person, m.kind}]
			if l == nil {
				continue
			}
			l.scores, l.sum = l.scores+1, l.sum+int64(m.value)
			if others := to - from - 1; others > 0 {
				l.leans += float64(m.value) - float64(sum-m.value)/float64(others)
				l.pairs++
			}
		}
		from = to
	}
}

// named makes the lines of a call, by name or, for those who may not see names, by kind and number in an order that does not follow from
// names.
func (r *Reading) named(c *fund.Call, loads map[seat]*load) ([]Row, error) {
	may, err := r.tx.May(access.ViewNamedSeverity, c)
	if err != nil {
		return nil, err
	}
	sheet, err := r.s.reviews.Rubric(c)
	if err != nil {
		return nil, err
	}
	ids := make([]ident.Person, 0, len(loads))
	for at := range loads {
		ids = append(ids, at.person)
	}
	names, err := people.Names(r.tx, ids...)
	if err != nil {
		return nil, err
	}
	title := func(l *load) string { return sheet.KindTitle(rubric.Kind(l.kind)) }
	order := func(l *load) string {
		if may {
			return names[l.person] + string(l.person)
		}
		sum := sha256.Sum256([]byte(string(c.ID) + "\n" + string(l.person)))
		return string(sum[:])
	}
	all := make([]*load, 0, len(loads))
	for _, l := range loads {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b *load) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(order(a), order(b))) })
	rows := make([]Row, len(all))
	number := map[string]int{}
	for i, l := range all {
		number[l.kind]++
		name := names[l.person]
		if !may {
			name = fmt.Sprintf("%s %02d", title(l), number[l.kind])
		}
		rows[i] = l.row(string(c.Ref), name, title(l))
	}
	return rows, nil
}

func (l *load) row(call, name, kind string) Row {
	var mean, leans, sev, sd any
	if l.scores > 0 {
		mean = float64(l.sum) / float64(l.scores)
	}
	if l.pairs > 0 {
		leans = l.leans / float64(l.pairs)
	}
	if l.severity != nil {
		sev, sd = l.severity.mean, l.severity.sd
	}
	return Row{
		Key: call + " " + l.kind + " " + string(l.person), Count: 1, Groups: []string{kind},
		Cells: []any{call, name, kind, l.assigned, l.done, l.late, l.declined, l.struck, l.scores, mean, leans, sev, sd},
	}
}

// severity is how a reviewer scores compared with others of the kind.
type severity struct{ mean, sd float64 }

// fitted keeps what was calibrated by the digest of its scores, so that nothing in it can be out of date.
type fitted struct {
	mu   sync.Mutex
	kept map[[sha256.Size]byte]map[seat]*severity
}

const (
	keptFits = 32
	// fewDraws are enough: severities come from the grid of the posterior and not from its draws.
	fewDraws = 50
)

// severities calibrates the scores of a call. Where they do not allow it there are none.
func (s *Service) severities(marks []mark) map[seat]*severity {
	if len(marks) == 0 {
		return nil
	}
	sum := sha256.New()
	for _, m := range marks {
		_, _ = fmt.Fprintln(sum, m.app, m.part, m.person, m.kind)
		_ = binary.Write(sum, binary.LittleEndian, int64(m.value))
	}
	key := [sha256.Size]byte(sum.Sum(nil))
	s.fits.mu.Lock()
	known, there := s.fits.kept[key]
	s.fits.mu.Unlock()
	if there {
		return known
	}
	fresh := fit(marks)
	s.fits.mu.Lock()
	defer s.fits.mu.Unlock()
	if s.fits.kept == nil || len(s.fits.kept) >= keptFits {
		s.fits.kept = map[[sha256.Size]byte]map[seat]*severity{}
	}
	s.fits.kept[key] = fresh
	return fresh
}

func fit(marks []mark) map[seat]*severity {
	p := calibration.Problem{Draws: fewDraws, Seed: 1}
	for _, m := range marks {
		p.Scores = append(p.Scores, calibration.Score{Application: string(m.app), Reviewer: string(m.person), Kind: m.kind, Part: m.part, Value: float64(m.value)})
	}
	result, err := calibration.Fit(p)
	if err != nil {
		return nil // the scores cannot be calibrated, such as one person's of two kinds
	}
	weights, all := map[seat]float64{}, map[seat]*severity{}
	for _, one := range result.Severities {
		at := seat{ident.Person(one.Reviewer), one.Kind}
		if all[at] == nil {
			all[at] = &severity{}
		}
		w := float64(one.Scores)
		weights[at] += w
		all[at].mean += w * one.Mean
		all[at].sd += w * w * one.SD * one.SD
	}
	for at, one := range all {
		if weights[at] == 0 {
			delete(all, at)
			continue
		}
		one.mean, one.sd = one.mean/weights[at], math.Sqrt(one.sd)/weights[at]
	}
	return all
}

// agreements is how far reviewers of the same applications agree.
func agreements() *Report {
	return &Report{
		Kind: "agreement", Title: "Agreement of reviewers", One: "part in a call", Many: "parts in calls", Action: access.ReportReviewers,
		About:   "How far the reviewers of the same applications agree on each part: Krippendorff's alpha for ordered scores, with its interval.",
		Sources: "The scores of reviewers that stand, also after a revision. Applications that the reader is barred from enter none of the figures.",
		Columns: []Column{
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of the call"},
			{Name: "part", Label: "Part", Type: Text, Meaning: "The code of the part"},
			{Name: "title", Label: "What is scored", Type: Text, Meaning: "Its title"},
			{Name: "compared", Label: "Applications compared", Type: Number, Meaning: "How many applications have two scores or more"},
			{Name: "scores", Label: "Scores", Type: Number, Meaning: "How many scores those have"},
			{Name: "alpha", Label: "Alpha", Type: Decimal, Meaning: "1 at perfect agreement, 0 at what chance would do; empty where it cannot be told"},
			{Name: "lower", Label: "From", Type: Decimal, Meaning: "The lower end of its 95% interval; empty below ten applications"},
			{Name: "upper", Label: "To", Type: Decimal, Meaning: "The upper end"},
			{Name: "words", Label: "In a word", Type: Text, Meaning: "As Landis and Koch (1977) call it: a convention"},
		},
		Filters: []Filter{callFilter()},
		rows:    whole(agreementRows),
	}
}

func agreementRows(r *Reading) ([]Row, error) {
	var rows []Row
	for _, c := range r.inCalls() {
		sheet, err := r.s.reviews.Rubric(&c)
		if err != nil {
			return nil, err
		}
		marks, err := r.marks(&c)
		if err != nil {
			return nil, err
		}
		for _, p := range sheet.Parts {
			if p.Source != rubric.Reviewers {
				continue
			}
			cells := agreed(string(c.Ref), p, agreement.WithInterval(unitsOf(marks, string(p.Code)), agreement.Ordinal))
			rows = append(rows, Row{Key: string(c.Ref) + " " + string(p.Code), Count: 1, Cells: cells})
		}
	}
	return rows, nil
}

func agreed(call string, p *rubric.Part, result agreement.Result) []any {
	cells := []any{call, string(p.Code), p.Title, int64(result.Units), int64(result.Scores), nil, nil, nil, result.Words()}
	if result.Known == agreement.Yes {
		cells[5] = result.Alpha
		if result.Bounded {
			cells[6], cells[7] = result.Lower, result.Upper
		}
	}
	return cells
}

// unitsOf are the scores of a part, by application.
func unitsOf(marks []mark, part string) []agreement.Unit {
	var units []agreement.Unit
	last := ident.Application("")
	for _, m := range marks {
		if m.part != part {
			continue
		}
		if m.app != last {
			units, last = append(units, nil), m.app
		}
		units[len(units)-1] = append(units[len(units)-1], m.value)
	}
	return units
}
