package report

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// changes is everything that departs from what was published or worked out, with who did it and why.
func changes() *Report {
	return &Report{
		Kind: "changes", Title: "Deviations, overrides and extensions", One: "change", Many: "changes", Action: access.ReportChanges,
		About:   "Later deadlines, proposals that depart from the published method, assignments changed by hand, assessments closed short, eligibility looked at again, DTAC questions waived: each with its reason and its people.",
		Sources: "The changes of calls and applications, proposals, plans of assignment, minutes of assessments, DTAC assessments and reviews of decisions.",
		Columns: []Column{
			{Name: "at", Label: "When", Type: Moment, Meaning: "When it was proposed or done"},
			{Name: "what", Label: "What", Type: Text, Meaning: "What kind of change it is"},
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of the call"},
			{Name: "application", Label: "Application", Type: Text, Meaning: "The reference of the application, where it is about one"},
			{Name: "details", Label: "Details", Type: Text, Meaning: "What changed: the later deadline, the question, the amount"},
			{Name: "reason", Label: "Reason", Type: Text, Meaning: "The reason that was given"},
			{Name: "by", Label: "By", Type: Text, Meaning: "Who proposed or did it"},
			{Name: "second", Label: "Second person", Type: Text, Meaning: "Who confirmed or refused it; empty: nobody yet, or none is needed"},
			{Name: "outcome", Label: "Outcome", Type: Text, Meaning: "Confirmed, refused, waiting, or done where one person may"},
		},
		Groups:  []Group{{"by_what", "By what it is", nil}},
		Filters: []Filter{callFilter()}, masks: true,
		rows: whole(changeRows),
	}
}

// change is one of them, its people not yet named.
type change struct {
	at              time.Time
	what, call, ref string
	details, reason string
	by              ident.Person
	second          *ident.Person
	outcome         string
	key             string
}

func changeRows(r *Reading) ([]Row, error) {
	var all []change
	for _, read := range []func(*Reading) ([]change, error){
		callChanges, extensions, deviations, byHand, minuted, reopened, waived, upheld,
	} {
		found, err := read(r)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.key, b.key)) })
	ids := make([]ident.Person, 0, len(all))
	for _, c := range all {
		ids = append(ids, c.by)
		if c.second != nil {
			ids = append(ids, *c.second)
		}
	}
	names, err := people.Names(r.tx, distinct(ids)...)
	rows := make([]Row, len(all))
	for i, c := range all {
		var second any
		if c.second != nil {
			second = names[*c.second]
		}
		rows[i] = Row{
			Key: c.at.UTC().Format(time.RFC3339Nano) + " " + c.key, Count: 1, Groups: []string{c.what},
			Cells: []any{c.at.UTC(), c.what, orNil(c.call), orNil(c.ref), orNil(c.details), orNil(c.reason), orNil(names[c.by]), second, c.outcome},
		}
	}
	return rows, err
}

func distinct(ids []ident.Person) []ident.Person {
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id ident.Person) bool { return id == "" })
}

// settledBy says how a change with two people stands.
func (c *change) settledBy(confirmed, refused *ident.Person) {
	switch {
	case confirmed != nil:
		c.second, c.outcome = confirmed, "Confirmed"
	case refused != nil:
		c.second, c.outcome = refused, "Refused"
	default:
		c.outcome = "Waiting for a second person"
	}
}

// callIDs are the calls that are asked for.
func (r *Reading) callIDs() []ident.Call {
	ids := []ident.Call{nobody}
	for _, c := range r.inCalls() {
		ids = append(ids, c.ID)
	}
	return ids
}

// callChanges are later deadlines for all. They are about no application, and stand among the lines that nobody is barred from.
func callChanges(r *Reading) ([]change, error) {
	if r.barred {
		return nil, nil
	}
	var all []change
	const query = "SELECT id, call_id, kind, closes_at, reason, proposed_by, proposed_at, confirmed_by, refused_by FROM call_changes WHERE call_id IN ?"
	err := work.Each(r.tx, "changes of calls", query, []any{r.callIDs()}, func(rows *sql.Rows) error {
		c := change{what: "Extension for all"}
		var call ident.Call
		var kind string
		var closes time.Time
		var confirmed, refused *ident.Person
		if err := rows.Scan(&c.key, &call, &kind, &closes, &c.reason, &c.by, &c.at, &confirmed, &refused); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		if kind == "reopening" {
			c.what = "Call reopened"
		}
		c.call, c.details = string(r.byID[call].Ref), "Closes "+Column{}.Shown(closes)
		c.settledBy(confirmed, refused)
		all = append(all, c)
		return nil
	})
	return all, err
}

// ofApplications reads changes that are about applications: the columns after the four that all have are scan's.
func (r *Reading) ofApplications(what, columns, from string, line func(*change, *sql.Rows, []any) error) ([]change, error) {
	where, args := r.where()
	var all []change
	query := "SELECT x.id, a.ref, a.call_id, " + columns + " FROM " + from + " JOIN applications a ON a.id = x.application_id WHERE " + where
	err := work.Each(r.tx, what, query, args, func(rows *sql.Rows) error {
		var c change
		var call ident.Call
		if err := line(&c, rows, []any{&c.key, &c.ref, &call}); err != nil {
			return err
		}
		c.call = string(r.byID[call].Ref)
		all = append(all, c)
		return nil
	})
	return all, err
}

func extensions(r *Reading) ([]change, error) {
	return r.ofApplications("extensions", "x.until_at, x.reason, x.note, x.proposed_by, x.proposed_at, x.confirmed_by, x.refused_by", "application_extensions x",
		func(c *change, rows *sql.Rows, to []any) error {
			var until time.Time
			var reason, note string
			var confirmed, refused *ident.Person
			err := rows.Scan(append(to, &until, &reason, &note, &c.by, &c.at, &confirmed, &refused)...)
			for _, known := range application.ExtensionReasons() {
				if known.Code == reason {
					reason = known.Label
				}
			}
			c.what, c.details, c.reason = "Extension for one applicant", "Until "+Column{}.Shown(until), strings.TrimSuffix(reason+": "+note, ": ")
			c.settledBy(confirmed, refused)
			return err //nolint:wrapcheck // each says what was read
		})
}

func reopened(r *Reading) ([]change, error) {
	return r.ofApplications("eligibility looked at again", "x.reason, x.proposed_by, x.proposed_at, x.confirmed_by", "reopenings x",
		func(c *change, rows *sql.Rows, to []any) error {
			var confirmed *ident.Person
			err := rows.Scan(append(to, &c.reason, &c.by, &c.at, &confirmed)...)
			c.what = "Eligibility looked at again"
			c.settledBy(confirmed, nil)
			return err //nolint:wrapcheck // each says what was read
		})
}

func minuted(r *Reading) ([]change, error) {
	words := map[workflow.Event]string{
		workflow.CloseShort: "Assessment closed short", workflow.ChooseModeration: "Moderation by choice of the chair", workflow.RequestReviews: "Further reviews asked for",
		workflow.RecordConsensus: "Consensus recorded", workflow.TakeToPanel: "Taken to the panel",
	}
	return r.ofApplications("minutes of assessments", "x.event, x.reason, x.person, x.at", "assessment_minutes x",
		func(c *change, rows *sql.Rows, to []any) error {
			var event string
			err := rows.Scan(append(to, &event, &c.reason, &c.by, &c.at)...)
			c.what, c.outcome = cmp.Or(words[workflow.Event(event)], "Step of the assessment: "+event), "Done"
			return err //nolint:wrapcheck // each says what was read
		})
}

func upheld(r *Reading) ([]change, error) {
	return r.ofApplications("reviews of decisions", "x.grounds, x.reason, x.asked_by, x.settled_at, x.settled_by", "(SELECT * FROM decision_reviews WHERE outcome = 'upheld') x",
		func(c *change, rows *sql.Rows, to []any) error {
			err := rows.Scan(append(to, &c.details, &c.reason, &c.by, &c.at, &c.second)...)
			c.what, c.outcome = "Review of a decision upheld", "Confirmed"
			return err //nolint:wrapcheck // each says what was read
		})
}

// waived are the DTAC questions that assessors waived, for each application that rests on the product. Why one on technical security was stays with
// its supplier and the assessors.
func waived(r *Reading) ([]change, error) {
	const from = `(SELECT d.return_id AS id, t.form, d.question, d.reason, d.assessed_by, d.assessed_at, p.application_id FROM dtac_assessments d JOIN returns t ON t.id = d.return_id
		JOIN application_products p ON p.product_id = t.product_id WHERE d.result = 'waived') x`
	return r.ofApplications("waived questions", "x.form, x.question, x.reason, x.assessed_by, x.assessed_at", from,
		func(c *change, rows *sql.Rows, to []any) error {
			var formID string
			if err := rows.Scan(append(to, &formID, &c.details, &c.reason, &c.by, &c.at)...); err != nil {
				return err //nolint:wrapcheck // each says what was read
			}
			sealed, err := product.SealedAt(formID, form.Code(c.details))
			if sealed {
				c.reason = "Kept with the assessors"
			}
			c.what, c.details, c.outcome, c.key = "DTAC question waived", "Question "+c.details, "Done", c.key+" "+c.details+" "+c.ref
			return err //nolint:wrapcheck // it names the form
		})
}

// deviations are proposals that were not computed by the published method. Before their release they are for those who may see proposals.
func deviations(r *Reading) ([]change, error) {
	if r.barred {
		return nil, nil
	}
	var all []change
	const query = `SELECT p.id, p.call_id, p.state, p.total, p.note, p.made_by, p.made_at, s.name FROM proposals p JOIN scenarios s ON s.id = p.scenario_id WHERE p.call_id IN ? AND NOT s.published_method`
	err := work.Each(r.tx, "deviations", query, []any{r.callIDs()}, func(rows *sql.Rows) error {
		c := change{what: "Deviation from the published method"}
		var call ident.Call
		var state allocation.ProposalState
		var total int64
		var name string
		if err := rows.Scan(&c.key, &call, &state, &total, &c.reason, &c.by, &c.at, &name); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		if !r.sees(call) && state != allocation.Released {
			return nil
		}
		c.call, c.details, c.outcome = string(r.byID[call].Ref), name+", "+Column{}.Shown(sumCell(Money, total)), capital(string(state))
		all = append(all, c)
		return nil
	})
	return all, err
}

// byHand are the changes that were made to plans of assignment.
func byHand(r *Reading) ([]change, error) {
	barred, err := application.BarredFrom(r.tx)
	if err != nil {
		return nil, err
	}
	refs := slices.Collect(maps.Values(barred))
	var all []change
	const query = "SELECT id, call_id, changes, approved_by FROM assignment_plans WHERE call_id IN ? AND changes <> '[]' AND state <> 'replaced'"
	err = work.Each(r.tx, "changes of assignments", query, []any{r.callIDs()}, func(rows *sql.Rows) error {
		var id string
		var call ident.Call
		var list assignment.List[assignment.Change]
		var approved *ident.Person
		if err := rows.Scan(&id, &call, &list, &approved); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		for n, made := range list {
			if slices.Contains(refs, made.Ref) != r.barred {
				continue
			}
			c := change{what: "Assignment changed by hand", call: string(r.byID[call].Ref), ref: string(made.Ref), details: made.Kind + " reviewer", reason: made.Reason, by: made.By, at: made.At, key: id + " " + plain(int64(n))}
			c.settledBy(approved, nil)
			all = append(all, c)
		}
		return nil
	})
	return all, err
}
