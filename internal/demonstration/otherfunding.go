package demonstration

import (
	"bytes"
	"context"
	"fmt"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/otherfunding"
)

// importLists has the fund manager import what others pay for: invented awards of national programmes and invented grants, a few of which
// pay for what applications of the demonstration ask for.
func (d *Demonstration) importLists(ctx context.Context) error {
	for name, source := range map[string]otherfunding.Source{"programmes.csv": otherfunding.Programme, "grants.json": otherfunding.Grant} {
		data, err := content.ReadFile("content/" + name)
		if err != nil {
			return fmt.Errorf("reading the invented other funding: %w", err)
		}
		err = d.do(ctx, "admin@demo.example", func(ctx context.Context) error {
			_, _, err := d.Others.Import(ctx, otherfunding.File{Source: source, List: "Invented " + name, Content: bytes.NewReader(data)})
			return err
		})
		if err != nil {
			return fmt.Errorf("importing %s: %w", name, err)
		}
	}
	return nil
}

// judgement is what an officer concludes of other funding of a lead: of a programme's award by its product, of a grant by its identifier.
type judgement struct {
	names      string
	conclusion otherfunding.Conclusion
	reason     string
	pass       bool
	verdict    string
}

// judged are the leads whose other funding the officers look into. What is found for the others waits to be settled.
func judged() map[ident.ODS]judgement {
	return map[ident.ODS]judgement{
		"QKS": {
			"HeartHome", otherfunding.Partly, "The programme pays for the first 80 kits until September. The other kits and the nurses' time are not in it (invented).",
			true, "The programme pays for some of the kits. They are not in the costs of this application.",
		},
		"QH8": {
			"PressureLine", otherfunding.Partly, "The programme pays for cuffs in one of the three places named. The applicant has taken that place out of the costs (invented).",
			true, "One place is paid for by a programme and is not in the costs.",
		},
		"QMF": {
			"grant:360G-Invented-001", otherfunding.Different, "The grant pays for a study of people's experience and for no kit, licence or care (invented).",
			true, "No other NHS source pays for the same people and purpose. The grant found is for a study.",
		},
		"QT6": {
			"grant:360G-Invented-003", otherfunding.Different, "The grant was for patches in private practices; no NHS patient had one (invented).",
			true, "No other NHS source pays for the same people and purpose. The grant found is not for NHS patients.",
		},
		"QVV": {
			"grant:360G-Invented-005", otherfunding.Same, "The grant pays for the same kits, for the same people, in the same months. The applicant has confirmed it by telephone (invented).",
			false, "A grant already pays for the same kits for the same people.",
		},
	}
}

// settle has the officer settle the other funding of an application that is among the judged, and gives the verdict on that criterion.
func (c *course) settle(ctx context.Context, e *entry) (eligibility.Verdict, error) {
	verdict := eligibility.Verdict{Criterion: "FU", Decision: eligibility.Pass, Reason: "No other NHS source pays for the same people and purpose."}
	j, there := judged()[e.lead.ODSCode]
	if !there {
		return verdict, nil
	}
	found, err := c.d.Others.Open(ctx, e.ref, otherfunding.Look{})
	if err != nil {
		return verdict, fmt.Errorf("looking at the other funding of %s: %w", e.ref, err)
	}
	for _, m := range found.Matches {
		if m.Level() != "Strong" || m.Identity != j.names && (m.Source != otherfunding.Programme || m.Product != j.names) {
			continue
		}
		if err := c.d.Others.Settle(ctx, e.ref, otherfunding.Conclude{Key: m.Key(), Conclusion: j.conclusion, Reason: j.reason}); err != nil {
			return verdict, fmt.Errorf("settling the other funding of %s: %w", e.ref, err)
		}
		if verdict.Reason = j.verdict; !j.pass {
			verdict.Decision = eligibility.Fail
		}
	}
	return verdict, nil
}
