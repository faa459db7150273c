package award

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// finding is what answers make of a check: nobody types whether it passes.
type finding struct {
	result Result
	why    string // of a failing one
	read   string
}

func passed() finding { return finding{result: Pass} }

func failed(why string) finding { return finding{result: Fail, why: why} }

// judge says what the answers to a check's questions make of it.
func (s *Service) judge(tx *work.Tx, a *Award, kind CheckKind, answers form.Answers) (finding, error) {
	switch kind {
	case DueDiligence:
		return diligence(answers), nil
	case FraudRisk:
		if chosen(answers, "FR1") == "high" {
			return failed("The risk of fraud is high: no offer can be made until what is done about it brings it down"), nil
		}
		return passed(), nil
	case Subsidy:
		return lawful(answers, a.Amount, s.settings.MinimalAssistance), nil
	case DTACPosition:
		return s.position(tx, a)
	case PlanForOffer:
		return s.deliverable(tx, a, answers)
	case AgreementCheck:
		return s.complete(tx, a, answers)
	}
	return finding{}, work.NotFound("check")
}

func chosen(answers form.Answers, code form.Code) string {
	return strings.Join(answers[code].Choices, "")
}

func diligence(answers form.Answers) finding {
	var why []string
	if chosen(answers, "DD1") == "none" {
		why = append(why, "The recipient was found in no register")
	}
	if chosen(answers, "DD3") != "yes" {
		why = append(why, "Its accounts do not show that it can hold and spend the money")
	}
	if chosen(answers, "DD5") != "yes" {
		why = append(why, "The bank details are not confirmed by a second channel")
	}
	if len(why) > 0 {
		return failed(strings.Join(why, ". "))
	}
	return passed()
}

// lawful: minimal financial assistance is lawful up to a ceiling over this financial year and the two before it (Subsidy Control Act 2022,
// section 36).
func lawful(answers form.Answers, amount, ceiling money.Pence) finding {
	if chosen(answers, "SB1") != "minimal" {
		return passed()
	}
	var before money.Pence
	if p := answers["SB3"].Amount; p != nil {
		before = *p
	}
	if with := before + amount; with > ceiling {
		return failed(fmt.Sprintf("With %s received before, the award makes %s of minimal financial assistance: more than the ceiling of %s", before, with, ceiling))
	}
	return passed()
}

// position reads the position of the fund on the product that the award rests on. Its open actions become conditions.
func (s *Service) position(tx *work.Tx, a *Award) (finding, error) {
	c, err := s.product(tx, a)
	if err != nil {
		return finding{}, err
	}
	if c == nil {
		return failed("The applicant has not chosen the product that the award rests on"), nil
	}
	if c.Position == nil {
		return finding{Fail, "The fund has no position on " + c.Name + " yet", c.Name + " " + c.Version + ": not assessed"}, nil
	}
	read := c.Name + " " + c.Version + ": " + c.Position.Words()
	if s := c.Position.Status; s != status.Compliant && s != status.OnTheWay {
		return finding{Fail, "The chosen product is neither compliant nor on its way to be", read}, nil
	}
	if c.Position.Lapsed(today(tx)) {
		return finding{Fail, "Evidence that the position rests on has ended since: the product has to be looked at again", read}, nil
	}
	return finding{Pass, "", read}, s.fromActions(tx, a, c)
}

// product is the product that the award rests on: the chosen one, or the only candidate; nil if it is still to be chosen.
func (s *Service) product(tx *work.Tx, a *Award) (*product.Candidate, error) {
	all, err := product.Candidates(tx, a.ApplicationID, a.application.Call())
	if err != nil {
		return nil, err //nolint:wrapcheck // product has said what it was doing
	}
	if i := slices.IndexFunc(all, func(c product.Candidate) bool { return c.Chosen }); i >= 0 {
		return &all[i], nil
	}
	if len(all) == 1 {
		return &all[0], nil
	}
	return nil, nil //nolint:nilnil // none is an answer
}

// fromActions adds the open actions of a position to the conditions, each once.
func (s *Service) fromActions(tx *work.Tx, a *Award, c *product.Candidate) error {
	if c.Position.Status != status.OnTheWay {
		return nil
	}
	all, err := product.AssessmentsOf(tx, []ident.Return{c.Position.ReturnID})
	if err != nil {
		return err //nolint:wrapcheck // product has said what it was doing
	}
	var more []Condition
	for _, x := range all[c.Position.ReturnID] {
		if x.Result == status.DecidedActionNeeded {
			more = append(more, Condition{Text: fmt.Sprintf("DTAC %s of %s: %s", x.Question, c.Name, x.What), Owner: x.Owner, Due: string(x.Due), Source: FromDTAC})
		}
	}
	return addMissing(tx, a, more)
}

// deliverable: for less than asked there has to be a revised plan that was accepted.
func (s *Service) deliverable(tx *work.Tx, a *Award, answers form.Answers) (finding, error) {
	t, err := EnsureTerms(tx, a)
	if err != nil {
		return finding{}, err
	}
	if chosen(answers, "PL1") != "yes" {
		return failed("What was promised cannot be delivered for the amount offered"), nil
	}
	if a.Amount < a.application.Requested {
		revised, err := plansOf(tx, a.ID)
		if err != nil {
			return finding{}, err
		}
		if len(revised) == 0 || revised[len(revised)-1].Answer != PlanAccepted {
			return finding{}, fault.Fields(fault.Problems{"PL1": "Less than asked is offered. Ask for a revised plan and accept it first"})
		}
	}
	return finding{Pass, "", "The plan spends " + plan.Total(t.Plan).String()}, nil
}

// complete: the payment schedule has to add up to the amount.
func (s *Service) complete(tx *work.Tx, a *Award, answers form.Answers) (finding, error) {
	if _, err := EnsureTerms(tx, a); err != nil {
		return finding{}, err
	}
	payments, err := PaymentsOf(tx, a.ID)
	if err != nil {
		return finding{}, err
	}
	if owed := owed(payments); owed != a.Amount {
		return failed(fmt.Sprintf("The payments add up to %s, the award is %s", owed, a.Amount)), nil
	}
	if chosen(answers, "AG1") != "yes" {
		return failed("The annexes are not complete"), nil
	}
	return passed(), nil
}
