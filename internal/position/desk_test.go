package position_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit/dtackit"
)

func of(section string, list []status.Assessment) []status.Assessment {
	return slices.DeleteFunc(slices.Clone(list), func(a status.Assessment) bool { return !strings.HasPrefix(string(a.Question), section+".") })
}

func TestTwoSpecialistsDecideAtOnceInDifferentSectionsAndBothCount(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	id, r, _ := w.Sent("Alpha", "v2-compliant")
	safety, security := w.As("Sam Safety", "dtac_assessor"), w.As("Sue Security", "dtac_assessor")
	var wg sync.WaitGroup
	for ctx, sections := range map[any][]string{0: {"C1", "C2"}, 1: {"C3", "C4"}} {
		who := safety
		if ctx == 1 {
			who = security
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			for _, s := range sections {
				in := position.Deciding{Decided: of(s, r.Assessments), Seen: map[form.Code]int{}}
				for _, a := range in.Decided {
					in.Seen[a.Question] = 0
				}
				if err := w.Positions.Decide(who, id, "", in); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	desk, err := w.Positions.Open(safety, id, "")
	w.Must(err)
	if desk.Result.Status != status.Compliant {
		t.Error(desk.Result.Status)
	}
	if desk.Names[desk.Assessments["C1.2.2"].AssessedBy] != "Sam Safety" || desk.Names[desk.Assessments["C3.1"].AssessedBy] != "Sue Security" {
		t.Errorf("who decided: %v", desk.Names)
	}
	for _, part := range desk.Parts() {
		if !part.Informs && part.Decided != len(part.Items) {
			t.Errorf("%s: %d of %d", part.Section.Code, part.Decided, len(part.Items))
		}
	}
	w.Verify()
}

func TestTwoWhoDecideTheSameQuestionMeetAndTheSecondSeesBoth(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	id, _, _ := w.Sent("Alpha", "v2-compliant")
	first, second := w.As("first", "dtac_assessor"), w.As("second", "dtac_assessor")
	decide := func(result status.Decision, reason string, seen int) position.Deciding {
		return position.Deciding{Decided: []status.Assessment{{Question: "C3.6", Result: result, Reason: reason}}, Seen: map[form.Code]int{"C3.6": seen}}
	}
	w.Must(w.Positions.Decide(first, id, "", decide(status.DecidedFail, "No logs", 0)))
	err := w.Positions.Decide(second, id, "", decide(status.DecidedPass, "", 0))
	w.Want(err, fault.Conflict)
	f, _ := fault.Of(err)
	met, _ := f.Latest.(map[form.Code]product.Assessed)
	if met["C3.6"].Reason != "No logs" || met["C3.6"].AssessedBy != w.People["first"] {
		t.Errorf("what stands is not shown: %+v", f.Latest)
	}
	w.Must(w.Positions.Decide(second, id, "", decide(status.DecidedFail, "No logs", 0))) // the same is no conflict
	w.Must(w.Positions.Decide(second, id, "", decide(status.DecidedPass, "", 1)))
	desk, err := w.Positions.Open(first, id, "")
	w.Must(err)
	if a := desk.Assessments["C3.6"]; a.Result != status.DecidedPass || a.Revision != 2 || a.AssessedBy != w.People["second"] {
		t.Errorf("%+v", a)
	}
}

func TestASectionIsTakenHandedOverAndGivenBackAndOnlyItsHolderDecidesInIt(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	id, r, _ := w.Sent("Alpha", "v2-compliant")
	ann, ben := w.As("Ann", "dtac_assessor"), w.As("Ben", "dtac_assessor")
	for _, name := range []string{"Ann", "Ben"} {
		w.Granted(name, "dtac_assessor")
	}
	w.Must(w.Positions.Take(ann, id, "", "C3"))
	w.Must(w.Positions.Take(ann, id, "", "C3")) // the same again
	w.Want(w.Positions.Assess(ben, id, "", of("C3", r.Assessments)), fault.Conflict)
	w.Must(w.Positions.Assess(ben, id, "", of("C1", r.Assessments)))
	w.Must(w.Positions.Assess(ann, id, "", of("C3", r.Assessments)))
	w.Want(w.Positions.GiveBack(ben, id, "", "C3"), fault.Conflict)
	w.Want(w.Positions.HandOver(ann, id, "", "C3", ident.New[ident.Person]()), fault.Invalid)
	w.Want(w.Positions.Take(ann, id, "", "A"), fault.NotFound)
	w.Must(w.Positions.HandOver(ann, id, "", "C3", w.People["Ben"]))
	if n := w.Mailed("Ben", "dtac_section_given"); n != 1 {
		t.Errorf("%d mails", n)
	}
	w.Want(w.Positions.Assess(ann, id, "", []status.Assessment{{Question: "C3.6", Result: status.DecidedFail, Reason: "No"}}), fault.Conflict)
	w.Must(w.Positions.GiveBack(ben, id, "", "C3"))
	w.Must(w.Positions.Take(ann, id, "", "C3"))
	w.Must(w.Positions.Take(ben, id, "", "C3")) // takes it over
	desk, err := w.Positions.Open(ann, id, "")
	w.Must(err)
	var held []string
	for _, s := range desk.Sections {
		held = append(held, s.PersonName)
	}
	slices.Sort(held)
	if strings.Join(held, " ") != "Ann Ann Ben Ben" || len(desk.Assessors) != 2 {
		t.Errorf("%v; %d assessors", held, len(desk.Assessors))
	}
	w.Verify()
}

func TestUsabilityInformsAndChangesNoStatus(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	id, r, _ := w.Sent("Alpha", "v2-compliant")
	dtac := w.As("dtac", "dtac_assessor")
	w.Must(w.Positions.Assess(dtac, id, "", append(slices.Clone(r.Assessments), status.Assessment{Question: "D1.2", Result: status.DecidedFail, Reason: "Nobody tried it"})))
	desk, err := w.Positions.Open(dtac, id, "")
	w.Must(err)
	parts := desk.Parts()
	last := parts[len(parts)-1]
	if desk.Result.Status != status.Compliant || !last.Informs || last.Decided != 1 || last.Section.Code != "D1" && !strings.HasPrefix(string(last.Section.Code), "D") {
		t.Errorf("%s, %+v", desk.Result.Status, last)
	}
}

func TestWhereTheCallAsksForASecondLookAnotherAssessorConfirmsOrReturns(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.SecondLook("CAR")
	app := w.Application("CAR", "Alpha")
	id, r, _ := w.Sent("Alpha", "v2-compliant")
	ann, ben := w.As("Ann", "dtac_assessor"), w.As("Ben", "dtac_assessor")
	w.Granted("Ben", "dtac_assessor")
	_, err := w.Positions.AssessAndRecord(ann, id, "", r.Assessments)
	w.Want(err, fault.Conflict)
	_, err = w.Positions.Confirm(ben, id, "")
	w.Want(err, fault.Conflict) // nothing waits
	w.Must(w.Positions.Propose(ann, id, "", position.Deciding{Decided: r.Assessments}))
	if n := w.Mailed("Ben", "dtac_second_look"); n != 1 {
		t.Errorf("%d mails", n)
	}
	same(t, "waiting", names(t, w, ben, position.Query{View: "second"}), "Alpha")
	_, err = w.Positions.Confirm(ann, id, "")
	w.Want(err, fault.Forbidden)
	w.Want(w.Positions.ReturnProposal(ben, id, "", ""), fault.Invalid)
	w.Must(w.Positions.ReturnProposal(ben, id, "", "Look at the logs again"))
	if n := w.Mailed("Ann", "dtac_returned"); n != 1 {
		t.Errorf("%d mails", n)
	}
	w.Must(w.Positions.Propose(ann, id, "", position.Deciding{}))
	w.Must(w.Positions.Assess(ben, id, "", []status.Assessment{{Question: "C3.6", Result: status.DecidedFail, Reason: "No logs"}}))
	_, err = w.Positions.Confirm(ben, id, "")
	w.Want(err, fault.Conflict) // what it rests on changed
	if got := w.Statuses("CAR")[app]; got != "not_assessed" {
		t.Errorf("before it was confirmed: %s", got)
	}
	w.Must(w.Positions.Propose(ann, id, "", position.Deciding{Decided: []status.Assessment{{Question: "C3.6", Result: status.DecidedPass}}}))
	p, err := w.Positions.Confirm(ben, id, "")
	w.Must(err)
	if p.Words() != "Compliant, as reviewed on 23 November 2026 by Ann, with a second look by Ben. This is not a certificate." || w.Statuses("CAR")[app] != "compliant" {
		t.Error(p.Words())
	}
	desk, err := w.Positions.Open(ann, id, "")
	w.Must(err)
	var outcomes []string
	for _, x := range desk.Proposals {
		outcomes = append(outcomes, x.Outcome)
	}
	if !slices.Equal(outcomes, []string{"confirmed", "overtaken", "returned"}) || desk.Waiting() != nil {
		t.Errorf("%v", outcomes)
	}
	w.Verify()
}

func TestTheAssessmentOfAnotherBodyIsRecognisedAndNeverTheFundsOwn(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	app := w.Application("CAR", "Alpha")
	id := w.Supplied("Alpha")
	w.Exec("UPDATE applications SET state = 'proposed_fund' WHERE id = ?", app)
	dtac := w.As("dtac", "dtac_assessor")
	err := w.Positions.Recognise(dtac, id, position.Recognised{AssessedOn: "2027-01-01", Expires: "2026-11-23"})
	w.Want(err, fault.Invalid)
	f, _ := fault.Of(err)
	for _, name := range []string{"body", "officer", "product_version", "reference", "why", "status", "which", "assessed_on", "expires"} {
		if f == nil || f.Fields[name] == "" {
			t.Errorf("nothing is said of %s", name)
		}
	}
	in := position.Recognised{
		Body: "Invented Trust", Officer: "Chief clinical information officer", ProductVersion: "2.1", Form: "dtac-v2", Status: status.Compliant,
		AssessedOn: "2026-10-01", Expires: "2027-01-01", Reference: "IT/2026/4", Reason: "The same version is used alike",
	}
	w.Want(w.Positions.Recognise(w.As("officer", "screening_officer"), id, in), fault.Forbidden)
	same(t, "owed before", names(t, w, dtac, position.Query{View: "owed"}), "Alpha")
	w.Must(w.Positions.Recognise(dtac, id, in))
	same(t, "owed after", names(t, w, dtac, position.Query{View: "owed"}))
	same(t, "recognised", names(t, w, dtac, position.Query{View: "recognised"}), "Alpha")
	desk, err := w.Positions.Open(dtac, id, "")
	w.Must(err)
	if len(desk.Positions) != 0 || w.Statuses("CAR")[app] != "not_assessed" || !strings.Contains(desk.Recognised[0].Words(), "It is not the fund's own position") {
		t.Errorf("%+v", desk.Recognised)
	}
	w.Clock.Set(time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC))
	same(t, "owed again on the day", names(t, w, dtac, position.Query{View: "owed"}), "Alpha")
	w.Verify()
}

func TestWhatIsExportedGivesTheSameStatus(t *testing.T) {
	t.Parallel()
	for _, example := range []string{"v2-compliant", "v2-on-the-way", "v2-charter-signed", "v2-expired"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			w := dtackit.New(t)
			w.Application("CAR", "Alpha")
			id, r, f := w.Sent("Alpha", example)
			dtac := w.As("dtac", "dtac_assessor")
			w.Must(w.Positions.Assess(dtac, id, "", r.Assessments))
			desk, err := w.Positions.Open(dtac, id, "")
			w.Must(err)
			out, err := w.Positions.Export(dtac, id, "")
			w.Must(err)
			again, err := status.ParseReturn(f, out.Name, out.Data)
			w.Must(err)
			result, err := status.Evaluate(f, again, form.Date(desk.Result.On))
			w.Must(err)
			if d := difference(desk.Result, result); d != "" {
				t.Errorf("%s\n%s", d, out.Data)
			}
			_, err = w.Positions.Export(w.As("auditor", "auditor"), id, "")
			w.Want(err, fault.Forbidden)
		})
	}
}

func TestASummaryIsThePositionAsItWasRecordedWithoutWhatIsSaidOfSecurity(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	id, r, _ := w.Sent("Alpha", "v2-compliant")
	dtac := w.As("dtac", "dtac_assessor")
	sum, err := w.Positions.Summarise(dtac, id, "")
	w.Must(err)
	if sum.Position != nil || !strings.HasPrefix(sum.Words(), "No position of the fund was recorded. Provisional status on 23 November 2026: Compliant") {
		t.Error(sum.Words())
	}
	decided := slices.Clone(r.Assessments)
	for i := range decided {
		if decided[i].Question == "C3.3" {
			decided[i].Reason = "the pump can be stopped through port 9"
		}
	}
	_, err = w.Positions.AssessAndRecord(dtac, id, "", decided)
	w.Must(err)
	w.Must(w.Positions.Assess(dtac, id, "", []status.Assessment{{Question: "C1.2.2", Result: status.DecidedFail, Reason: "Later"}}))
	sum, err = w.Positions.Summarise(dtac, id, "")
	w.Must(err)
	if sum.Result.Status != status.Compliant || !strings.Contains(sum.Words(), "This is not a certificate") {
		t.Errorf("%s: %s", sum.Words(), sum.Result.Status)
	}
	for _, i := range sum.Result.Items {
		if strings.Contains(i.Reason, "port 9") {
			t.Errorf("%s tells %q", i.Question, i.Reason)
		}
	}
}
