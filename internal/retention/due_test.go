package retention_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"adoptionfund/internal/config"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

func periods() retention.Periods {
	return retention.NewPeriods(config.Retention{NotSubmittedYears: 1, UnsuccessfulYears: 7, AwardYears: 6, InvitationYears: 1, AccountYears: 2, MailYears: 2})
}

func TestAPeriodIsNeverCutShortAndEndsAtMidnightInTheUnitedKingdom(t *testing.T) {
	t.Parallel()
	p := periods()
	kinds := p.Kinds()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		began := time.Unix(rapid.Int64Range(1_500_000_000, 2_200_000_000).Draw(t, "began"), 0).UTC()
		due := p.Due(k.Kind, began)
		if whole := began.In(uktime.Zone()).AddDate(k.Years, 0, 0); due.Before(whole) || due.After(whole.AddDate(0, 0, 2)) {
			t.Fatalf("%s that began on %s is due on %s", k.Kind, began, due)
		}
		if at := due.In(uktime.Zone()); at.Hour() != 0 || at.Minute() != 0 {
			t.Fatalf("due at %s", at)
		}
		if later := p.Due(k.Kind, began.Add(time.Duration(rapid.Int64Range(0, 1_000_000).Draw(t, "later"))*time.Second)); later.Before(due) {
			t.Fatalf("what began later is due earlier: %s, %s", later, due)
		}
	})
}

func TestOnlyWhatIsOverHasAPeriodThatRuns(t *testing.T) {
	t.Parallel()
	awards := []workflow.AwardState{workflow.PreAwardChecks, workflow.Offered, workflow.Accepted, workflow.Active, workflow.Suspended, workflow.Terminated, workflow.Completed, workflow.OnHold, workflow.AwardClosed, workflow.Lapsed, workflow.NotOffered}
	ended := map[workflow.AwardState]bool{workflow.AwardClosed: true, workflow.Lapsed: true, workflow.NotOffered: true}
	states := []workflow.ApplicationState{
		workflow.Draft, workflow.NotSubmitted, workflow.Submitted, workflow.Screening, workflow.Clarification, workflow.IneligibleProposed, workflow.Ineligible, workflow.Eligible, workflow.NotShortlisted,
		workflow.Assessment, workflow.Moderation, workflow.Assessed, workflow.ProposedFund, workflow.Successful, workflow.Reserve, workflow.Unsuccessful, workflow.Withdrawn,
	}
	rapid.Check(t, func(t *rapid.T) {
		closed := time.Date(2026, 10, 12, 11, 0, 0, 0, time.UTC)
		s := retention.Standing{State: rapid.SampledFrom(states).Draw(t, "state"), StateAt: closed.AddDate(0, 2, 0), Submitted: rapid.Bool().Draw(t, "submitted"), CallClosed: closed}
		if rapid.Bool().Draw(t, "extended") {
			later := closed.AddDate(0, 0, rapid.IntRange(-5, 5).Draw(t, "days"))
			s.Deadline = &later
		}
		if rapid.Bool().Draw(t, "awarded") {
			at := closed.AddDate(1, 0, 0)
			s.Award, s.AwardAt = rapid.SampledFrom(awards).Draw(t, "award"), &at
		}
		k, began, ok := s.Began()
		want := map[workflow.ApplicationState]retention.Kind{
			workflow.NotSubmitted: retention.NotSubmitted, workflow.Withdrawn: retention.NotSubmitted,
			workflow.Ineligible: retention.Unsuccessful, workflow.NotShortlisted: retention.Unsuccessful, workflow.Unsuccessful: retention.Unsuccessful,
		}[s.State]
		if s.State == workflow.Withdrawn && s.Submitted {
			want = retention.Unsuccessful
		}
		if s.State == workflow.Successful && ended[s.Award] {
			want = retention.Award
		}
		if ok != (want != "") || k != want {
			t.Fatalf("%+v is of the kind %q, not %q", s, k, want)
		}
		if ok && began.Before(closed) {
			t.Fatalf("%+v began before the call closed", s)
		}
	})
}
