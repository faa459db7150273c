package eligibility

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/work"
)

// Found is how many findings of each severity the rules have of a criterion.
type Found struct {
	Fail  int `json:"fail,omitempty"`
	Refer int `json:"refer,omitempty"`
}

// Run is what the rules found of a submission when they ran last, for lists. It decides nothing, and can be made again at any time.
type Run struct {
	ApplicationID ident.Application
	Rules         string
	Counts        string           `gorm:"column:found"` // JSON of Found
	Found         map[string]Found `gorm:"-"`            // by criterion
	RanAt         time.Time
}

// TableName is the table of runs.
func (Run) TableName() string { return "rule_runs" }

// freshFor is how long a run counts: answers change with a submission or a clarification, which is seen at once; what days and other
// records change may be seen later.
const freshFor = 6 * time.Hour

// runsAtOnce bounds what one tick of the clock does.
const runsAtOnce = 50

// RunRulesDue runs the rules on the applications in the queue on which they have not run since these came into their state, or for long:
// the clock's work, safe to do twice. What one application breaks does not keep the others from being looked at.
func (s *Service) RunRulesDue(ctx context.Context) error {
	var runs []Run
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		due, err := dueRuns(tx, tx.Now.Add(-freshFor), runsAtOnce)
		if err != nil {
			return err
		}
		runs, err = s.runAll(tx, due)
		return err
	})
	if err != nil || len(runs) == 0 {
		return err
	}
	return s.gate.Keep(ctx, func(tx *work.Tx) error { return keepRuns(tx, runs) })
}

func (s *Service) runAll(tx *work.Tx, apps []*application.Application) ([]Run, error) {
	seen, err := s.look(tx, apps)
	if err != nil {
		return nil, err
	}
	runs := make([]Run, len(apps))
	for i, a := range apps {
		counts := map[string]Found{}
		for _, f := range seen[a.ID].found {
			c := counts[f.Criterion]
			if f.Severity == rules.Fail {
				c.Fail++
			} else {
				c.Refer++
			}
			counts[f.Criterion] = c
		}
		text, err := json.Marshal(counts)
		if err != nil {
			return nil, fmt.Errorf("writing what the rules found: %w", err)
		}
		runs[i] = Run{ApplicationID: a.ID, Rules: a.Call().Settings.Forms.Rules, Counts: string(text), RanAt: tx.Now}
	}
	return runs, nil
}
