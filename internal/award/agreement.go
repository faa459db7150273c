package award

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// The kinds of agreement.
const (
	Memorandum     = "memorandum" // with an NHS body
	GrantAgreement = "grant"      // with others
)

// Agreement is an agreement as it is signed: drawn up once, signed for the recipient, countersigned for the fund.
type Agreement struct {
	ID                ident.Award
	Kind              string
	Content           string // JSON of Paper
	Digest            string // SHA-256 of Content, in hexadecimal
	DrawnUpAt         time.Time
	SignedBy          *ident.Person
	SignedName        string
	SignedAt          *time.Time
	CountersignedBy   *ident.Person
	CountersignedName string
	CountersignedAt   *time.Time
}

// TableName is the table of agreements.
func (Agreement) TableName() string { return "award_agreements" }

// Paper reads what the agreement says.
func (g *Agreement) Paper() (Paper, error) {
	var p Paper
	if err := json.Unmarshal([]byte(g.Content), &p); err != nil {
		return p, fmt.Errorf("reading the agreement of award %s: %w", g.ID, err)
	}
	return p, nil
}

// Paper is what an agreement says: its clauses and annexes.
type Paper struct {
	Title      string          `json:"title"`
	Kind       string          `json:"kind"`
	Ref        ident.Ref       `json:"ref"`
	Project    string          `json:"project"`
	Recipient  string          `json:"recipient"`
	Lead       string          `json:"lead"`
	Product    string          `json:"product"`
	Subsidy    string          `json:"subsidy"`
	Amount     money.Pence     `json:"pence"`
	StartsOn   string          `json:"starts_on"`
	EndsOn     string          `json:"ends_on"`
	Clauses    string          `json:"clauses"`
	Plan       []plan.Line     `json:"plan"`       // annex A
	Conditions []PaperLine     `json:"conditions"` // annex B
	Returns    []PaperLine     `json:"returns"`    // annex C
	Payments   []PaperPayments `json:"payments"`   // annex D
}

// PaperLine is something that is to be done by a day.
type PaperLine struct {
	Text  string `json:"text"`
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due"`
}

// PaperPayments is a payment in an annex.
type PaperPayments struct {
	Due       string      `json:"due"`
	Amount    money.Pence `json:"pence"`
	Condition string      `json:"condition"`
}

// paper writes what an agreement says as things stand.
func (s *Service) paper(tx *work.Tx, a *Award, t *Terms) (Paper, error) {
	p := Paper{Kind: GrantAgreement, Title: "Grant agreement", Ref: a.Ref, Project: a.application.Title, Recipient: a.Recipient, Lead: a.application.LeadName, Amount: a.Amount, StartsOn: t.StartsOn, EndsOn: t.EndsOn, Plan: t.Plan}
	nhs, err := s.toNHS(tx, a)
	if err != nil {
		return p, err
	}
	kind := notify.Kind("agreement_grant")
	if nhs {
		p.Kind, p.Title, kind = Memorandum, "Memorandum of understanding", "agreement_memorandum"
	}
	if p.Product, p.Subsidy, err = s.checkedFor(tx, a); err != nil {
		return p, err
	}
	fields := map[string]string{"ref": string(a.Ref), "title": p.Project, "call": a.application.Call().Title, "amount": a.Amount.String(), "recipient": a.Recipient, "ends_on": DayWords(t.EndsOn), "product": p.Product, "subsidy": p.Subsidy}
	if _, p.Clauses, err = tx.Render(notify.Message{Kind: kind, Fields: fields}); err != nil {
		return p, err //nolint:wrapcheck // says what it was doing
	}
	conditions, err := ConditionsOf(tx, a.ID)
	if err != nil {
		return p, err
	}
	for _, c := range conditions {
		p.Conditions = append(p.Conditions, PaperLine{c.Text, c.Owner, c.Due})
	}
	for _, r := range Expected(uktime.Day(tx.Now), t) {
		p.Returns = append(p.Returns, PaperLine{Text: r.Title(), Due: r.Due})
	}
	payments, err := PaymentsOf(tx, a.ID)
	for _, x := range payments {
		p.Payments = append(p.Payments, PaperPayments{x.Due, x.Amount, x.Condition})
	}
	return p, err
}

// checkedFor gives the product and the subsidy route that the checks found.
func (s *Service) checkedFor(tx *work.Tx, a *Award) (product, subsidy string, err error) {
	c, err := s.product(tx, a)
	if err != nil {
		return "", "", err
	}
	if c != nil {
		product = c.Name + " " + c.Version
	}
	done, err := checksOf(tx, a.ID)
	if err != nil {
		return "", "", err
	}
	f, _, err := s.questions(Subsidy)
	if err != nil {
		return "", "", err
	}
	last, _ := Latest(done, Subsidy)
	if q, ok := f.Question("SB1"); ok {
		for _, v := range last.Answers["SB1"].Choices {
			if option, known := q.Option(v); known {
				subsidy = option.Label
			}
		}
	}
	return product, subsidy, nil
}

// DayWords shows a day for people: 1 March 2027.
func DayWords(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 January 2006")
}

// drawUp freezes the agreement.
func (s *Service) drawUp(tx *work.Tx, a *Award) error {
	t, err := EnsureTerms(tx, a)
	if err != nil {
		return err
	}
	p, err := s.paper(tx, a, t)
	if err != nil {
		return err
	}
	content, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("drawing up the agreement of %s: %w", a.Ref, err)
	}
	g := &Agreement{ID: a.ID, Kind: p.Kind, Content: string(content), Digest: audit.Digest(content), DrawnUpAt: tx.Now}
	tx.Record(Event(a, "award.draw_up", map[string]any{"kind": g.Kind, "digest": g.Digest}))
	if err := work.Add(tx, g); err != nil {
		return err //nolint:wrapcheck // says what it was doing
	}
	return write(tx, a, notice{kind: "award_agreement_to_sign", to: signatories})
}

// Sign signs the agreement for the recipient. digest is that of the agreement which the person read.
func (s *Service) Sign(ctx context.Context, ref ident.Ref, typed, digest string) error {
	name := strings.Join(strings.Fields(typed), " ")
	if name == "" || len(name) > 200 {
		return fault.Fields(fault.Problems{"name": "Enter your full name to sign"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.SignAgreement)
		if err != nil {
			return err
		}
		if a.State != workflow.Accepted {
			return fault.New(fault.Conflict, "There is no agreement to sign now")
		}
		g, err := AgreementOf(tx, a.ID)
		switch {
		case err != nil:
			return err
		case g == nil: // accepted before agreements were drawn up at the acceptance
			return s.drawUp(tx, a)
		case g.SignedAt != nil:
			return nil
		case g.Digest != digest:
			return fault.New(fault.Conflict, "The agreement is not the one that you read. Read it again before you sign")
		}
		return sign(tx, a, g, name)
	})
}

// sign keeps the signature for the recipient.
func sign(tx *work.Tx, a *Award, g *Agreement, name string) error {
	g.SignedBy, g.SignedName, g.SignedAt = &tx.By.ID, name, &tx.Now
	tx.Record(Event(a, string(access.SignAgreement), map[string]any{"digest": g.Digest}))
	if err := saveAgreement(tx, g); err != nil {
		return err
	}
	return write(tx, a, notice{kind: "award_agreement_signed", staff: access.CountersignAgreement})
}

// Countersign concludes the agreement that the recipient signed.
func (s *Service) Countersign(ctx context.Context, ref ident.Ref, typed string) error {
	name := strings.Join(strings.Fields(typed), " ")
	if name == "" || len(name) > 200 {
		return fault.Fields(fault.Problems{"name": "Enter your full name to countersign"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		g, err := AgreementOf(tx, a.ID)
		if err != nil {
			return err
		}
		ready := g != nil && g.SignedAt != nil && audit.Digest([]byte(g.Content)) == g.Digest
		facts := map[string]any{}
		if ready {
			p, err := g.Paper()
			if err != nil {
				return err
			}
			a.Agreement, a.AgreedAt, facts["digest"] = p.Clauses, &tx.Now, g.Digest
		}
		if err := Move(tx, a, workflow.Countersign, work.Guards{workflow.AgreementReady: work.Holds(ready)}, facts); err != nil {
			return err
		}
		g.CountersignedBy, g.CountersignedName, g.CountersignedAt = &tx.By.ID, name, &tx.Now
		return saveAgreement(tx, g)
	})
}

// Drawn gives what the agreement says: as it was drawn up, or, before that, as it would be now.
func (s *Service) Drawn(ctx context.Context, ref ident.Ref) (Page, Paper, error) {
	p, err := s.Show(ctx, ref)
	if err != nil {
		return p, Paper{}, err
	}
	if p.Agreement != nil {
		paper, err := p.Agreement.Paper()
		return p, paper, err
	}
	var draft Paper
	err = s.gate.Read(ctx, func(tx *work.Tx) error {
		if _, err := permitted(tx, ref, access.ViewAward); err != nil {
			return err
		}
		t, err := s.termsToRead(tx, p.Award)
		if err != nil {
			return err
		}
		draft, err = s.paper(tx, p.Award, t)
		return err
	})
	return p, draft, err
}
