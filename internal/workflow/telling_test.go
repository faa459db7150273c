package workflow_test

import (
	"testing"

	"adoptionfund/internal/workflow"
)

// What the applicant's side is told of a state never depends on what is proposed: states with one label read the same in every word.
func TestEveryStateIsToldInPlainWordsAndNothingBeforeTheRelease(t *testing.T) {
	t.Parallel()
	tellings := workflow.Tellings()
	states := workflow.Applications().States()
	if len(tellings) != len(states) {
		t.Fatalf("%d tellings of %d states", len(tellings), len(states))
	}
	byLabel := map[string]workflow.Telling{}
	for i, info := range states {
		told := tellings[i]
		if told.State != info.State || told != workflow.Tell(info.State) {
			t.Errorf("%s is told as %s", info.State, told.State)
		}
		if told.Stands == "" || told.Next == "" || (told.When == workflow.WhenNone) != (told.WhenWords == "") {
			t.Errorf("%s: %+v", info.State, told)
		}
		told.State = ""
		if first, ok := byLabel[info.ApplicantLabel]; ok && first != told {
			t.Errorf("%s reads %+v, another state of the same label %+v", info.State, told, first)
		}
		byLabel[info.ApplicantLabel] = told
		if info.Released && told.When == workflow.WhenRelease {
			t.Errorf("%s is released and waits for the release", info.State)
		}
	}
	from, to := workflow.Tell(workflow.Eligible), workflow.Tell(workflow.ProposedFund)
	for _, s := range []workflow.ApplicationState{workflow.Assessment, workflow.Moderation, workflow.Assessed, workflow.ProposedReserve, workflow.ProposedNotFund} {
		one := workflow.Tell(s)
		if one.Stands != from.Stands || one.Next != to.Next || one.When != from.When || workflow.Applications().Info(s).ApplicantColour != workflow.Applications().Info(workflow.Eligible).ApplicantColour {
			t.Errorf("%s can be told from the others", s)
		}
	}
}
