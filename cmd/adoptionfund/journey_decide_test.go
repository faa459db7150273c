package main

import (
	"encoding/csv"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"

	"adoptionfund/internal/money"
)

func (p *path) screen() {
	p.t.Helper()
	at := p.person("officer@fund.example")
	at.Go("/").Sees("1 applications wait for the eligibility check").Go("/screening").Press(p.ref)
	values := map[string]string{"FU1": "4", "FU1-reason": "Nobody else pays for the same people and the same purpose."}
	for _, c := range []string{"EV", "DT", "FU", "RO"} {
		values[c], values[c+"-reason"] = "pass", "The criterion is met: the answers and files show it."
	}
	at.Type(values).Press("Find it eligible").Not("There is a problem")
	p.person("second@fund.example").Go("/screening/" + p.ref).Press("Confirm the score")
	p.person("applicant@trust.example").Go("/applications/" + p.ref).Sees("Under review")
}

// assess has the DTAC assessor decide every question of the product, record the position, and score DT1.
func (p *path) assess() {
	p.t.Helper()
	at := p.person("dtac@fund.example")
	at.Go("/dtac/applications/" + p.ref).Type(map[string]string{"DT1": "5", "DT1-reason": "Provisionally compliant, all questions met."}).Press("Give the score").Not("There is a problem")
	product := regexp.MustCompile(`/dtac/products/[0-9a-f-]{36}`).FindString(at.HTML())
	at.Go(product)
	values := map[string][]string{}
	for _, m := range regexp.MustCompile(`name="(C\d[0-9.]*)"[^>]*value="pass"`).FindAllStringSubmatch(at.HTML(), -1) {
		values[m[1]] = []string{"pass"}
	}
	if len(values) < 15 {
		p.t.Fatalf("%s finds %d questions to decide:\n%.2000s", at, len(values), at.HTML())
	}
	for _, section := range []string{"C1", "C2", "C3", "C4"} {
		at.Fill(values)
		at.Press("Save decisions on " + section).Not("There is a problem").Sees("Decisions saved")
	}
	at.Press("Record the position").Not("There is a problem").Sees("as reviewed on")
}

func (p *path) assign() {
	p.t.Helper()
	p.person("admin@fund.example").Go("/panel/AF26-CAR/assignment").Press("Propose an assignment").Not("There is a problem")
	p.person("chair@fund.example").Go("/panel/AF26-CAR/assignment").Press("Approve and start the assessment").Not("There is a problem")
}

func (p *path) review() {
	p.t.Helper()
	for i, email := range []string{"clinical@review.example", "technical@review.example", "ppv@review.example"} {
		at := p.person(email)
		at.Go("/").Sees("1 reviews wait for you").Go("/reviews").Press(p.ref)
		at.Fill(map[string][]string{"interest": {"none"}, "terms": {"yes"}})
		at.Press("Continue").Not("There is a problem").Go("/reviews/" + p.ref)
		values := map[string][]string{"feedback": {"Say how many people took part elsewhere."}, "comments-panel": {"A sound case."}}
		for _, m := range regexp.MustCompile(`name="([A-Z]{2}\d)"`).FindAllStringSubmatch(at.HTML(), -1) {
			values[m[1]], values[m[1]+"-reason"] = []string{strconv.Itoa(3 + i%2)}, []string{"The figures are their own and the plan follows from them."}
		}
		at.Fill(values)
		at.Press("Send the review").Not("There is a problem")
	}
	p.person("chair@fund.example").Go("/panel/AF26-CAR/progress").Press("Close all that are ready").Not("There is a problem")
}

func (p *path) propose() {
	p.t.Helper()
	chair := p.person("chair@fund.example").Go("/panel/AF26-CAR/allocation").Press("Compute the allocation").Sees("The allocation is being computed")
	p.tick()
	chair.Go("/panel/AF26-CAR/allocation").Sees("it fits the budget and the limits").
		Type(map[string]string{"note": "The only one, and a good one."}).Press("Propose this allocation").Sees("Waits for approval")
	p.person("applicant@trust.example").Go("/applications/"+p.ref).Sees("Under review").Not("Proposed", "fund it")
}

func (p *path) approve() {
	p.t.Helper()
	at := p.person("approver@fund.example")
	at.Go("/").Sees("A proposal for AF26-CAR waits for approval").Go("/approvals").Press("Read the proposal and decide").Sees("The only one, and a good one.", "Departures, extensions and overrides", "As it was")
	at.Type(map[string]string{"reason": "It was discussed at length."}).Press("Approve the proposal").Sees("There is a problem", "Enter your password to confirm")
	at.Type(map[string]string{"password": pathPassword}).Press("Approve the proposal").Sees("Your approval is recorded", "It was discussed at length.")
	p.person("applicant@trust.example").Go("/applications/" + p.ref).Sees("Under review").Not("Successful")
}

func (p *path) release() {
	p.t.Helper()
	p.at("2026-11-20T09:00:01Z")
	p.tick()
	at := p.person("applicant@trust.example")
	at.Go("/applications/"+p.ref+"/outcome").Sees("Your application is successful", "£250,000")
	p.link2("applicant@trust.example", p.ref+": an outcome is ready")
}

// link2 fails the test if no mail with a subject went to somebody.
func (p *path) link2(email, subject string) {
	p.t.Helper()
	var n int64
	if err := p.app.db.Read.Raw("SELECT COUNT(*) FROM mails WHERE address = ? AND subject = ?", email, subject).Scan(&n).Error; err != nil || n != 1 {
		p.t.Fatalf("%d mails %q to %s (%v)", n, subject, email, err)
	}
}

func (p *path) award() {
	p.t.Helper()
	address := "/awards/" + p.ref
	admin := p.person("admin@fund.example")
	admin.Go("/").Sees("Pre-award checks of " + p.ref)
	for check, typed := range map[string]map[string]string{
		"due-diligence": {"DD1": "ods", "DD2": "RR8", "DD3": "yes", "DD4": "Balanced.", "DD5": "yes", "DD6": "Called back"}, "fraud-risk": {"FR1": "low", "FR2": "A public body."},
		"subsidy": {"SB1": "none", "SB2": "No market."}, "dtac": {"DP1": "Its actions are conditions."}, "plan": {"PL1": "yes", "PL2": "The cost lines."}, "agreement": {"AG1": "yes", "AG2": "The director"},
	} {
		admin.Go(address+"/checks/"+check).Type(typed).Press("Record the check").Sees("The check is recorded", "Passed")
	}
	p.person("senior@fund.example").Go(address + "/offer").Press("Confirm the checks and make the offer").Sees("The offer is made")
	var conditions []string
	if err := p.app.db.Read.Raw("SELECT id FROM award_conditions").Scan(&conditions).Error; err != nil {
		p.t.Fatal(err)
	}
	for email, name := range map[string]string{"sro@trust.example": "Shazia Rahman", "finance@trust.example": "Finn O'Dowd"} {
		at := p.person(email).Go(address + "/offer")
		at.Fill(map[string][]string{"acknowledge": conditions, "name": {name}})
		at.Press("Accept the offer").Sees("Your acceptance is recorded")
	}
	p.person("sro@trust.example").Go(address + "/agreement").Type(map[string]string{"name": "Shazia Rahman"}).Press("Sign the agreement").Sees("The agreement is signed for the recipient")
	fund := p.person("approver@fund.example").Go(address + "/agreement").Type(map[string]string{"name": "Ada Approver"}).Press("Countersign the agreement")
	fund.Sees("There is a problem", "Enter your password to confirm").Type(map[string]string{"password": pathPassword}).Press("Countersign the agreement").Sees("The award is agreed", "Signed by both sides")
	p.browser.Person(p.t, p.url, "public", p.how).Go("/register").Sees(p.ref, "£250,000")
}

// account4pence compares the report's page, its files and the database.
func (p *path) account4pence() {
	p.t.Helper()
	p.person("admin@fund.example").Go("/reports/AF26").Press("Allocation report").Sees("£250,000")
	p.person("auditor@fund.example").Go("/audit/verify").Sees("The trail is whole")
	var awarded, requested int64
	if err := p.app.db.Read.Raw("SELECT COALESCE(SUM(w.amount), 0) FROM awards w").Scan(&awarded).Error; err != nil {
		p.t.Fatal(err)
	}
	if err := p.app.db.Read.Raw("SELECT COALESCE(SUM(requested), 0) FROM applications WHERE submission_id IS NOT NULL").Scan(&requested).Error; err != nil {
		p.t.Fatal(err)
	}
	ctx := p.as("admin@fund.example")
	text := p.app.exported(ctx, p.t, "AF26", "json")
	var report struct {
		Totals struct {
			Requested int64 `json:"requested_pence"`
			Awarded   int64 `json:"awarded_pence"`
		} `json:"totals"`
	}
	if err := json.Unmarshal(text.Bytes(), &report); err != nil || report.Totals.Awarded != awarded || report.Totals.Requested != requested || awarded == 0 {
		p.t.Errorf("JSON %+v, database %d requested %d awarded (%v)", report, requested, awarded, err)
	}
	rows, err := csv.NewReader(p.app.exported(ctx, p.t, "AF26", "csv")).ReadAll()
	if err != nil || len(rows) != 2 {
		p.t.Fatal(rows, err)
	}
	column := slices.Index(rows[0], "awarded")
	if got, err := money.Parse(rows[1][column]); err != nil || int64(got) != awarded {
		p.t.Errorf("CSV %s, database %d (%v)", rows[1][column], awarded, err)
	}
}
