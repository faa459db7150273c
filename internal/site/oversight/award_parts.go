package oversight

import (
	"fmt"
	"slices"

	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/site/account"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/work"
	page "adoptionfund/web/page/oversee"
)

func (h handlers) showCheck(r *route.Request, v page.AwardView) (page.AwardPart, error) {
	kind, ok := award.CheckOf(r.Path("check"))
	if !ok || !v.Staff {
		return page.AwardPart{}, work.NotFound("check")
	}
	section, _ := v.Form.Section(kind.Section())
	return page.AwardCheck(v, kind, bound(r, section, nil)), nil
}

func (h handlers) onCheck(r *route.Request, ref ident.Ref) (string, error) {
	kind, ok := award.CheckOf(r.Path("check"))
	if !ok {
		return "", work.NotFound("check")
	}
	if r.Button() != "record" {
		return pressed()
	}
	return "The check is recorded", h.Awards.RecordCheck(r.Context(), ref, award.Recording{Kind: kind, Typed: r.Form(), Seen: r.Version()})
}

func (h handlers) onProduct(r *route.Request, ref ident.Ref) (string, error) {
	if r.Button() != "choose" {
		return pressed()
	}
	return "The product is chosen", h.Awards.ChooseProduct(r.Context(), ref, ident.Product(r.Field("product")))
}

func (h handlers) onPlan(r *route.Request, ref ident.Ref) (string, error) {
	ctx := r.Context()
	switch r.Button() {
	case "ask":
		return "The applicant is asked for a revised plan", h.Awards.AskPlan(ctx, ref, r.Field("ask"), day(r, "due"))
	case "accept":
		return "The plan is accepted. The payments follow it", h.Awards.AnswerPlan(ctx, ref, true, "")
	case "return":
		return "The plan is sent back", h.Awards.AnswerPlan(ctx, ref, false, r.Field("reason"))
	case "send":
		lines, err := h.planTyped(r)
		if err != nil {
			return "", err
		}
		return "The plan is sent", h.Awards.SendPlan(ctx, ref, lines, r.Field("explanation"))
	}
	return pressed()
}

// planTyped reads the rows of a plan.
func (h handlers) planTyped(r *route.Request) ([]plan.Line, error) {
	v, err := h.view(r)
	if err != nil {
		return nil, err
	}
	problems := fault.Problems{}
	rows := page.PlanRows(v.Terms)
	for i := range rows {
		name := fmt.Sprintf("line-%d", i+1)
		typed := r.Field(name)
		if typed == "" {
			rows[i].Amount = 0
			continue
		}
		amount, err := money.Parse(typed)
		if err != nil {
			problems[name] = "Enter an amount in pounds, such as 12,500 or 12,500.50"
		}
		rows[i].Amount = amount
	}
	return rows, fault.Fields(problems)
}

func (h handlers) onOffer(r *route.Request, ref ident.Ref) (string, error) {
	ctx := r.Context()
	switch r.Button() {
	case "confirm":
		return "The offer is made", h.Awards.ConfirmChecks(ctx, ref)
	case "accept":
		return "Your acceptance is recorded", h.Awards.Accept(ctx, ref, award.Accepting{Name: r.Field("name"), Acknowledged: r.Form()["acknowledge"]})
	case "decline":
		return "The award is declined", h.Awards.Decline(ctx, ref, r.Field("reason"))
	}
	return pressed()
}

func (h handlers) onConditions(r *route.Request, ref ident.Ref) (string, error) {
	if r.Button() != "add" {
		return pressed()
	}
	return "The condition is added", h.Awards.AddCondition(r.Context(), ref, award.Condition{Text: r.Field("text"), Owner: r.Field("owner"), Due: day(r, "due")})
}

func (h handlers) showCondition(r *route.Request, v page.AwardView) (page.AwardPart, error) {
	at := slices.IndexFunc(v.Conditions, func(c award.Condition) bool { return c.ID == r.Path("condition") })
	if at < 0 {
		return page.AwardPart{}, work.NotFound("condition")
	}
	return page.AwardCondition(v, v.Conditions[at]), nil
}

func (h handlers) onCondition(r *route.Request, ref ident.Ref) (string, error) {
	ctx, id := r.Context(), r.Path("condition")
	switch how := r.Button(); how {
	case "report":
		return "The condition is reported as met. The fund signs it off", h.Monitoring.ReportMet(ctx, ref, id, r.Field("report"))
	case "sign_off":
		return "The condition is signed off", h.Monitoring.Settle(ctx, ref, id, monitoring.SignOff, r.Field("reason"))
	case "send_back":
		return "The condition is sent back", h.Monitoring.Settle(ctx, ref, id, monitoring.SendBack, r.Field("reason"))
	case "waive":
		return "The condition is waived", h.Monitoring.Settle(ctx, ref, id, monitoring.Waive, r.Field("reason"))
	}
	return pressed()
}

func (h handlers) onPayments(r *route.Request, ref ident.Ref) (string, error) {
	if r.Button() != "schedule" {
		return pressed()
	}
	var in []plan.Instalment
	for i := range 100 {
		name := fmt.Sprintf("payment-%d", i+1)
		if _, there := r.Form()[name+"-amount"]; !there {
			break
		}
		if r.Field(name+"-due")+r.Field(name+"-amount")+r.Field(name+"-condition") == "" {
			continue
		}
		p := plan.Instalment{Due: day(r, name+"-due"), Condition: r.Field(name + "-condition")}
		if amount := pounds(r, name+"-amount"); amount != nil {
			p.Amount = *amount
		}
		in = append(in, p)
	}
	return "The payments are saved", h.Awards.SetSchedule(r.Context(), ref, in)
}

func (h handlers) showPayment(r *route.Request, v page.AwardView) (page.AwardPart, error) {
	at := slices.IndexFunc(v.Payments, func(p award.Payment) bool { return p.ID == r.Path("payment") })
	if at < 0 {
		return page.AwardPart{}, work.NotFound("payment")
	}
	return page.AwardPayment(v, v.Payments[at]), nil
}

func (h handlers) onPayment(r *route.Request, ref ident.Ref) (string, error) {
	ctx, id := r.Context(), r.Path("payment")
	switch r.Button() {
	case "met":
		return "Noted as met. Somebody else confirms it", h.Awards.SayMet(ctx, ref, id, r.Field("note"))
	case "clear":
		return "The payment is cleared to pay", h.Awards.Clear(ctx, ref, id)
	case "not_met":
		return "The payment is not cleared", h.Awards.NotMet(ctx, ref, id)
	}
	return pressed()
}

func (h handlers) showReturn(r *route.Request, v page.AwardView) (page.AwardPart, error) {
	sheet, err := h.Monitoring.Sheet(r.Context(), ident.Ref(r.Path("ref")), r.Path("quarter"))
	if err != nil {
		return page.AwardPart{}, err
	}
	var typed form.Answers
	if button := r.Button(); button == "save" || button == "send" {
		typed = bound(r, sheet.Section, sheet.Answers)
	}
	return page.AwardReturn(v, sheet, typed), nil
}

func (h handlers) onReturn(r *route.Request, ref ident.Ref) (string, error) {
	ctx, code := r.Context(), r.Path("quarter")
	switch button := r.Button(); button {
	case "save", "send":
		done := "The return is saved. Nobody of the fund reads it until you send it"
		if button == "send" {
			done = "The return is sent"
		}
		return done, h.Monitoring.Save(ctx, ref, monitoring.Typing{Code: code, Version: r.Version(), Typed: r.Form(), Send: button == "send"})
	case "accept":
		return "The return is accepted", h.Monitoring.Answer(ctx, ref, code, true, "")
	case "return":
		return "The return is sent back", h.Monitoring.Answer(ctx, ref, code, false, r.Field("reason"))
	}
	return pressed()
}

func (h handlers) onVariation(r *route.Request, ref ident.Ref) (string, error) {
	ctx := r.Context()
	switch r.Button() {
	case "propose":
		in := monitoring.Varying{EndsOn: day(r, "ends_on"), Recipient: r.Field("recipient"), Change: r.Field("change"), Reason: r.Field("reason")}
		if amount := pounds(r, "amount"); amount != nil {
			in.Amount = *amount
		}
		return "The variation is proposed", h.Monitoring.ProposeVariation(ctx, ref, in)
	case "approve", "refuse":
		return h.answerVariation(r, ref)
	case "withdraw":
		return "The variation is withdrawn", h.Monitoring.WithdrawVariation(ctx, ref)
	}
	return pressed()
}

// answerVariation approves or refuses a variation, by somebody who confirms that it is they.
func (h handlers) answerVariation(r *route.Request, ref ident.Ref) (string, error) {
	ctx, err := account.Confirmed(r, h.People)
	if err != nil {
		return "", err
	}
	if r.Button() == "refuse" {
		return "The variation is refused", h.Monitoring.RefuseVariation(ctx, ref, r.Field("reason"))
	}
	return "The award is varied", h.Monitoring.ApproveVariation(ctx, ref)
}

func (h handlers) onDecision(r *route.Request, ref ident.Ref) (string, error) {
	ctx, reason := r.Context(), r.Field("reason")
	switch r.Button() {
	case "resume":
		return "The award goes on", h.Awards.Resume(ctx, ref)
	case "lift":
		return "The suspension is lifted", h.Monitoring.Lift(ctx, ref)
	case "decide":
	default:
		return pressed()
	}
	switch r.Field("decision") {
	case "hold":
		return "The award is on hold", h.Awards.Hold(ctx, ref, reason)
	case "refuse":
		return "No offer is made", h.Awards.Refuse(ctx, ref, reason)
	case "withdraw":
		return "The offer is withdrawn", h.Awards.Withdraw(ctx, ref, reason)
	case "suspend":
		return "The award is suspended", h.Monitoring.Suspend(ctx, ref, reason)
	case "terminate":
		return "The award is terminated", h.Monitoring.Terminate(ctx, ref, reason, monitoring.Owing{ToRecipient: pounds(r, "owed_to"), ByRecipient: pounds(r, "owed_by")})
	}
	return "", fault.Fields(fault.Problems{"decision": "Select what you decide"})
}

func (h handlers) onClosing(r *route.Request, ref ident.Ref) (string, error) {
	switch r.Button() {
	case "propose":
		return "The closing is proposed", h.Monitoring.ProposeClosing(r.Context(), ref, monitoring.Reconciling{Paid: pounds(r, "paid"), Spent: pounds(r, "spent"), Returned: pounds(r, "returned"), Note: r.Field("note")})
	case "close":
		return "The award is closed", h.Monitoring.ApproveClosing(r.Context(), ref)
	}
	return pressed()
}
