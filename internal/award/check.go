package award

import (
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// CheckForm is the form with the questions of the checks, each check a section.
const CheckForm = "pre-award-1"

// CheckKind is one of the pre-award checks.
type CheckKind string

// The checks, in the order in which they are done.
const (
	DueDiligence   CheckKind = "due_diligence"
	FraudRisk      CheckKind = "fraud_risk"
	Subsidy        CheckKind = "subsidy"
	DTACPosition   CheckKind = "dtac"
	PlanForOffer   CheckKind = "plan"
	AgreementCheck CheckKind = "agreement"
)

// Checks are the pre-award checks, in the order in which they are done.
func Checks() []CheckKind {
	return []CheckKind{DueDiligence, FraudRisk, Subsidy, DTACPosition, PlanForOffer, AgreementCheck}
}

// Section is the code of the form's section with the check's questions; it stands in addresses too.
func (k CheckKind) Section() string { return strings.ReplaceAll(string(k), "_", "-") }

// CheckOf gives the check whose section has a code.
func CheckOf(section string) (CheckKind, bool) {
	for _, k := range Checks() {
		if k.Section() == section {
			return k, true
		}
	}
	return "", false
}

// Result is what came of a check.
type Result string

// The results. A check that was recorded before the questions were asked may have been found not to be needed.
const (
	Pass      Result = "pass"
	Fail      Result = "fail"
	NotNeeded Result = "not_needed"
)

// Check is one record of a check. The one with the highest number counts; those before it are kept.
type Check struct {
	AwardID ident.Award
	Kind    CheckKind
	Number  int
	Result  Result
	Note    string // why it fails, or, of a record without answers, what was found
	Answers Answers
	Read    string // what the service read rather than somebody typed: the position of the chosen product
	Person  ident.Person
	At      time.Time
}

// TableName is the table of checks.
func (Check) TableName() string { return "award_checks" }

// Latest gives the record of a check that counts; false where there is none.
func Latest(records []Check, kind CheckKind) (Check, bool) {
	var last Check
	for _, c := range records {
		if c.Kind == kind && c.Number > last.Number {
			last = c
		}
	}
	return last, last.Number > 0
}

// Recording is what somebody types of a check: the inputs of its section, and how many records they saw.
type Recording struct {
	Kind  CheckKind
	Typed map[string][]string
	Seen  int
}

// RecordCheck records a check. It may be recorded again until the offer is made; what was recorded before is kept.
func (s *Service) RecordCheck(ctx context.Context, ref ident.Ref, in Recording) error {
	f, section, err := s.questions(in.Kind)
	if err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.RecordCheck)
		if err != nil {
			return err
		}
		if a.State != workflow.PreAwardChecks {
			return fault.New(fault.Conflict, "The award is not in its checks")
		}
		done, err := checksOf(tx, a.ID)
		if err != nil {
			return err
		}
		last, _ := Latest(done, in.Kind)
		if last.Number != in.Seen {
			return fault.New(fault.Conflict, "Somebody else recorded this check while you were working on it. Open it again to see their record")
		}
		answers, err := taken(f, section, in.Typed, form.Date(uktime.Day(tx.Now)))
		if err != nil {
			return err
		}
		found, err := s.judge(tx, a, in.Kind, answers)
		if err != nil {
			return err
		}
		c := Check{AwardID: a.ID, Kind: in.Kind, Number: last.Number + 1, Result: found.result, Note: found.why, Read: found.read, Answers: Answers(answers), Person: tx.By.ID, At: tx.Now}
		digest, err := answers.Digest()
		if err != nil {
			return err //nolint:wrapcheck // the form has said what it was doing
		}
		tx.Record(Event(a, string(access.RecordCheck), map[string]any{"check": c.Kind, "number": c.Number, "result": c.Result, "answers": digest, "read": audit.Digest([]byte(c.Read))}))
		return addCheck(tx, c)
	})
}

// taken binds and checks what was typed; every question that is asked has to be answered.
func taken(f *form.Form, section *form.Section, typed map[string][]string, today form.Date) (form.Answers, error) {
	answers, problems := form.Bind(section, typed, nil)
	if len(problems) == 0 {
		problems = form.Check(f, section, answers, form.How{Mode: form.Complete, Today: today})
	}
	return answers, fault.Fields(problems)
}

// questions gives the form of the checks and the section of one.
func (s *Service) questions(kind CheckKind) (*form.Form, *form.Section, error) {
	f, err := s.library.Form(CheckForm)
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // the library has said what it was doing
	}
	section, ok := f.Section(kind.Section())
	if !ok || !slices.Contains(Checks(), kind) {
		return nil, nil, work.NotFound("check")
	}
	return f, section, nil
}

// ConfirmChecks makes the offer when every check is passed; by a person other than those who recorded them, and not the chair.
func (s *Service) ConfirmChecks(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		done, err := checksOf(tx, a.ID)
		if err != nil {
			return err
		}
		due := tx.Now.AddDate(0, 0, a.application.Call().Settings.Feedback.OfferDays)
		a.OfferDue, a.OfferedAt = &due, &tx.Now
		return Move(tx, a, workflow.PassChecks, work.Guards{workflow.AllChecksPass: work.Holds(AllPass(done))}, map[string]any{"amount": a.Amount})
	})
}

// AllPass reports whether every check is recorded and none of those that count failed.
func AllPass(records []Check) bool {
	for _, kind := range Checks() {
		if c, ok := Latest(records, kind); !ok || c.Result == Fail {
			return false
		}
	}
	return true
}

// Fails reports whether a check that counts failed.
func Fails(records []Check) bool {
	return slices.ContainsFunc(Checks(), func(k CheckKind) bool { c, ok := Latest(records, k); return ok && c.Result == Fail })
}
