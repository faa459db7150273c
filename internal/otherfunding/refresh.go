package otherfunding

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// afterImport begins the payload of a job that goes through all applications, some at a time.
const afterImport = "all"

// some is how many applications a job goes through before it hands on to the next.
const some = 40

// Match looks for the other funding of an application and keeps what it finds; or of all that are not decided, after an import. It is a
// job, and safe to run twice.
func (s *Service) Match(ctx context.Context, payload string) error {
	if rest, all := strings.CutPrefix(payload, afterImport+":"); all {
		imported, after, _ := strings.Cut(rest, ":")
		return s.matchAll(ctx, imported, ident.Ref(after))
	}
	return s.match(ctx, ident.Application(payload))
}

// matchAll goes through some of the applications, and puts down the job for the next.
func (s *Service) matchAll(ctx context.Context, imported string, after ident.Ref) error {
	var list []ident.Application
	var last ident.Ref
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		rows, err := undecided(tx, open(), after, some)
		for _, r := range rows {
			list, last = append(list, r.ID), r.Ref
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range list {
		if err := s.match(ctx, id); err != nil {
			return err
		}
	}
	if len(list) < some {
		return nil
	}
	kind, payload := string(access.MatchOtherFunding), afterImport+":"+imported+":"+string(last)
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.MatchOtherFunding, access.Scope{}); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: kind, Kind: "import", Subject: imported, Facts: map[string]any{"after": last}})
		return tx.Enqueue(kind, kind+":"+payload, payload, tx.Now)
	})
}

// open are the states in which double funding still matters: submitted, and not decided.
func open() []workflow.ApplicationState {
	var states []workflow.ApplicationState
	for _, info := range workflow.Applications().States() {
		if !info.Released && info.State != workflow.Draft && info.State != workflow.NotSubmitted && !slices.Contains(out(), info.State) {
			states = append(states, info.State)
		}
	}
	return append(states, workflow.Reserve)
}

// out are the states of applications that will not be funded: what they ask for is no double funding.
func out() []workflow.ApplicationState {
	return []workflow.ApplicationState{
		workflow.Draft, workflow.NotSubmitted, workflow.Withdrawn, workflow.Ineligible, workflow.Unsuccessful, workflow.NotShortlisted,
	}
}

func (s *Service) match(ctx context.Context, id ident.Application) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.ByID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.MatchOtherFunding, access.Scope{}); err != nil {
			return err
		}
		if a.SubmissionID == nil {
			return nil
		}
		return s.refresh(tx, a)
	})
}

// refresh brings the record of an application and what is known of its other funding up to date. Where nothing changed, nothing is
// written.
func (s *Service) refresh(tx *work.Tx, a *application.Application) error {
	f, answers, _, err := s.applications.Snapshot(tx, a)
	if err != nil {
		return err
	}
	r, err := recordOf(tx, a, f, answers)
	if err != nil {
		return err
	}
	changed, err := s.enter(tx, r)
	if err != nil {
		return err
	}
	hits, err := likely(tx, a.ID, r)
	if err != nil {
		return err
	}
	fresh := make([]Found, 0, len(hits))
	for _, h := range hits {
		m, err := h.record.found(a.ID, h.match)
		if err != nil {
			return err
		}
		fresh = append(fresh, m)
	}
	before, err := kept(tx, a.ID)
	if err != nil {
		return err
	}
	searched, err := searchedFor(tx, a.ID)
	if err != nil {
		return err
	}
	if changed {
		if err := s.mirror(tx, r, hits); err != nil {
			return err
		}
	}
	if !changed && searched == *a.SubmissionID && slices.EqualFunc(before, sorted(fresh), Found.same) {
		return nil
	}
	tx.Record(application.Event(a, string(access.MatchOtherFunding), map[string]any{"matches": len(fresh)}))
	return keep(tx, a.ID, *a.SubmissionID, fresh)
}

func sorted(list []Found) []Found {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Found) int { return strings.Compare(a.Identity, b.Identity) })
	return list
}

func (f Found) same(other Found) bool {
	if f.OtherID != nil && other.OtherID != nil && *f.OtherID == *other.OtherID {
		other.OtherID = f.OtherID
	}
	return f == other
}

// likely finds the other funding of an application.
func likely(tx *work.Tx, id ident.Application, r *Record) ([]hit, error) {
	orgs, err := known(tx, []Record{*r})
	if err != nil {
		return nil, err
	}
	return search(tx, matching.Prepare(r.described(orgs)), scope{sources: Sources(), least: matching.Least, but: id})
}

// mirror puts the application among what was found for those that it matches: theirs was looked for before it was there.
func (s *Service) mirror(tx *work.Tx, r *Record, hits []hit) error {
	for _, h := range hits {
		if h.record.ApplicationID == nil {
			continue
		}
		m, err := r.found(*h.record.ApplicationID, h.match)
		if err != nil {
			return err
		}
		if err := addFound(tx, m); err != nil {
			return err
		}
	}
	return nil
}

// enter keeps the record of an application and its words, and reports whether they changed.
func (s *Service) enter(tx *work.Tx, r *Record) (bool, error) {
	before, err := recordOfApplication(tx, *r.ApplicationID)
	if err != nil {
		return false, err
	}
	words := map[string]int64{}
	if before != nil {
		r.ID = before.ID
		r.ApplicationID = before.ApplicationID
		if *before == *r {
			return false, nil
		}
		for _, w := range matching.Tokens(before.described(organisations{})) {
			words[w]--
		}
		if err := removeApplication(tx, before.ID); err != nil {
			return false, err
		}
	} else if r.ID, err = nextApplication(tx); err != nil {
		return false, err
	}
	tokens := matching.Tokens(r.described(organisations{}))
	for _, w := range tokens {
		words[w]++
	}
	if err := countWords(tx, 0, words); err != nil {
		return false, err
	}
	return true, addRecords(tx, []Record{*r}, [][]string{tokens})
}

// recordOf describes an application as the lists describe what they hold.
func recordOf(tx *work.Tx, a *application.Application, f *form.Form, answers form.Answers) (*Record, error) {
	r := &Record{
		Source: Application, List: a.Call().Title, Identity: "application:" + string(a.ID), ApplicationID: &a.ID, Title: a.Title, Description: f.Text(form.RoleSummary, answers),
		Funder: string(a.Call().Ref), Amount: a.Requested, Currency: "GBP", ToDay: clipDay(a.Call().Settings.SpendBy),
	}
	codes := []ident.ODS{a.Lead}
	for _, role := range []form.Role{form.RolePartners, form.RoleSites} {
		for _, v := range f.Cells(role, answers) {
			if v.Organisation != "" && !slices.Contains(codes, v.Organisation) && len(codes) < 8 {
				codes = append(codes, v.Organisation)
			}
		}
	}
	orgs, err := people.OrganisationsByODS(tx, codes)
	if err != nil {
		return nil, err
	}
	var names, ids []string
	for _, code := range codes {
		name := orgs[code].Name
		if code == a.Lead {
			name = a.LeadName
		}
		names, ids = append(names, name), append(ids, string(code))
	}
	r.Organisation, r.Codes = several(names), several(ids)
	var products, suppliers []string
	for _, row := range f.Rows(form.RoleProductName, answers) {
		products, suppliers = append(products, f.Cell(form.RoleProductName, row).Text), append(suppliers, f.Cell(form.RoleProductSupplier, row).Text)
	}
	r.Product, r.Supplier = several(products), several(suppliers)
	r.tidy()
	return r, nil
}

func clipDay(text string) string { return text[:min(len(text), 10)] }
