package demonstration

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// person is somebody invented, with a part in an application.
type named struct{ Name, Email string }

// team is the people of a bid.
type team struct{ contact, sro, finance, clinical named }

// marker ends each plain summary, so that nobody takes it for a real application.
const marker = "(Invented for demonstration.)"

// answers writes the whole application form for a bid, as it would be filled in on a day.
func (b *bid) answers(t team, today time.Time) form.Answers {
	a := form.Answers{}
	b.summary(a)
	b.organisations(a, t)
	b.products(a, today)
	b.evidence(a, today)
	b.dtacSection(a, today)
	b.funding(a, today)
	b.rollout(a, today)
	b.inclusion(a, today)
	b.delivery(a, t, today)
	b.costs(a, today)
	b.declarations(a)
	return a
}

func text(s string) form.Value { return form.Value{Text: s} }
func number(n int) form.Value  { return form.Value{Number: strconv.Itoa(n)} }
func decimal(f float64) form.Value {
	return form.Value{Number: strconv.FormatFloat(f, 'f', -1, 64)}
}
func pounds(n int64) form.Value     { return form.Amount(money.Pounds(n)) }
func on(t time.Time) form.Value     { return form.Value{Date: form.DateOf(t)} }
func org(code ident.ODS) form.Value { return form.Value{Organisation: code} }
func rows(r ...form.Row) form.Value { return form.Value{Rows: r} }

func chosen(options ...string) form.Value { return form.Chosen(options...) }

func (b *bid) summary(a form.Answers) {
	a["SU1"] = text(b.title())
	a["SU2"] = text(strings.Join([]string{
		b.pick("Today "+b.Problem+".", "In "+b.place()+" "+b.Problem+".", "Our teams see it every week: "+b.Problem+"."),
		b.Approach + ".",
		fmt.Sprintf(b.pick(
			"We ask for £%d,000 to take up %s at %d sites and expect the first patients %d weeks after the award.",
			"With £%d,000 we would bring %s to %d sites; the first patients would use it within %d weeks.",
			"The fund's £%d,000 pays for taking up %s at %d sites, with first patients after %d weeks."), b.pounds/1000, b.Product, b.sites, b.weeks),
		b.pick("It is in use elsewhere in the NHS and does not replace a conversation with a person.", "Nobody has to use it: every step can be done by telephone or face to face.", "What is new here is not the technology but that every site starts together."),
		marker,
	}, " "))
	a["SU3"] = chosen(b.pick("first_adoption", "more_sites", "more_patients"))
}

func (b *bid) organisations(a form.Answers, t team) {
	a["OR1"], a["OR2"] = org(b.lead.ODSCode), org(b.delivers.ODSCode)
	a["OR3"] = chosen("no")
	if b.lead.ODSCode != b.delivers.ODSCode {
		a["OR3"] = chosen("yes")
		a["OR4"] = text(b.delivers.Name + " employs the teams that deliver the project and holds the contract. It reports spending to the partnership each month, and pays partners against agreed milestones.")
	}
	a["OR5"] = rows(form.Row{"organisation": org(b.delivers.ODSCode), "name": text(b.delivers.Name), "part": chosen("delivers"), "agreed": chosen("yes")},
		form.Row{"name": text("Patient partnership of " + b.place() + " (invented)"), "part": chosen("voluntary"), "agreed": chosen("yes")})
	a["OR6"], a["OR7"], a["OR8"] = text(t.sro.Name), text(b.pick("Chief Operating Officer", "Director of Planned Care", "Deputy Chief Executive")), text(t.sro.Email)
	a["OR9"], a["OR10"], a["OR11"] = text(t.finance.Name), text(b.pick("Deputy Chief Finance Officer", "Head of Finance, Planned Care", "Associate Director of Finance")), text(t.finance.Email)
	a["OR12"], a["OR13"], a["OR14"] = text(t.clinical.Name), text(b.pick("Consultant physician, registration invented", "Consultant nurse, registration invented", "Advanced physiotherapist, registration invented")), text(t.clinical.Email)
	a["OR15"], a["OR16"], a["OR17"], a["OR18"] = text(t.contact.Name), text(b.pick("Programme Manager", "Head of Digital Pathways", "Transformation Lead")), text(t.contact.Email), text("020 7946 0"+strconv.Itoa(100+b.rng.IntN(900)))
	a["OR19"] = chosen("yes")
}

func (b *bid) products(a form.Answers, today time.Time) {
	a["PR1"] = rows(form.Row{"name": text(b.Product), "supplier": text(b.Supplier), "version": text("2.1"), "purpose": text(b.Purpose), "device": chosen(b.Device)})
	a["PR2"], a["PR3"] = chosen(b.Setting), chosen(b.User, "managers")
	a["PR4"] = chosen(b.pick("existing_contract", "framework", "framework", "competition"))
	switch a["PR4"].Choices[0] {
	case "framework":
		a["PR5"] = text("A national framework for digital pathways, lot 2 (invented)")
		fallthrough
	case "competition":
		a["PR7"] = rows(form.Row{"step": text("Specification agreed"), "by": on(today.AddDate(0, 1, 0))}, form.Row{"step": text("Contract signed"), "by": on(today.AddDate(0, 4, 0))})
	}
	a["PR8"] = chosen("yes")
}

func (b *bid) evidence(a form.Answers, today time.Time) {
	change := fmt.Sprintf("%.0f%% lower", b.Drop)
	if b.Drop < 0 {
		change = fmt.Sprintf("%.0f%% higher", -b.Drop)
	}
	a["EV1"], a["EV2"] = chosen(b.Tier), chosen(b.Study, "usage_data")
	people := 200 + b.rng.IntN(3800)
	a["EV3"] = text(fmt.Sprintf("%s %s %s (invented figures) was %s among %d people after twelve months. %s %s",
		b.pick("A study at two comparable sites found that", "In the service evaluation of a neighbouring system", "Across three sites that already use it,"), "the measure", "“"+strings.ToLower(b.Measure)+"”", change, people,
		b.pick("The effect held in the poorest fifth of neighbourhoods, though fewer people there took part.", "Most of the effect came in the first four months.", "It was smaller where staff were not given time to change how they work."),
		b.pick("The evaluation was done by a university that the supplier did not pay.", "Data came from the trusts' own systems, not from the supplier.", "We have read the full report and spoken to the authors.")))
	a["EV4"] = rows(form.Row{"outcome": text(b.Measure), "people": number(people), "before": text(fmt.Sprintf("%g a month", b.Baseline)), "after": text(fmt.Sprintf("%g a month", b.expected())), "source": text("Evaluation report of a neighbouring system (invented)")})
	a["EV5"] = rows(form.Row{"organisation": org("RRV"), "pathway": text("The same pathway, two wards and a clinic (invented)"), "since": on(today.AddDate(-1, -b.rng.IntN(9), 0)), "patients": number(60 + b.rng.IntN(400))})
	a["EV6"] = text(b.pick("We do not know how it does where half of the staff are temporary, as on one of our sites. We start there last.", "The studies had few people over eighty. We watch how many of them take part, each month.", "Nobody has measured the effect after the second year. The local university does so for us.") + " " + b.pick("If fewer than four in ten take part we expect half of the effect.", "If the record is not connected in time, staff type readings by hand for a month."))
	a["EV7"] = chosen("no")
	a["EV10"] = text(fmt.Sprintf("It serves priority %s above all: %s. %s", b.Priority, b.Approach, b.pick("The hours that become free are booked for people who have waited longest.", "Each slot gained goes to the common waiting list.", "The team reports every month how many people were treated with the time that was gained.")))
	a["EV11"] = rows(form.Row{"measure": text(b.Measure), "baseline": decimal(b.Baseline), "expected": decimal(b.expected()), "from": on(today.AddDate(0, 9, 0)), "how": text("From the trust's own system, monthly, by the analyst named in the plan")})
}

func (b *bid) dtacSection(a form.Answers, today time.Time) {
	a["DT1"] = chosen("dtac_v2")
	position := map[string]string{"compliant": "compliant", "on_the_way": "on_the_way", "poor": "not_assessed"}[b.dtac]
	a["DT2"] = rows(form.Row{"product": text(b.Product), "position": chosen(position)})
	a["DT3"], a["DT5"] = chosen("supplier"), chosen("no")
	if b.dtac != "compliant" {
		a["DT5"] = chosen("yes")
		a["DT6"] = rows(form.Row{"product": text(b.Product), "question": text("C1.2.3"), "what": text("The clinical risk management system is approved by the supplier's board"), "owner": text("Clinical safety officer of the supplier"), "due": on(today.AddDate(0, 3, 0))})
	}
	a["DT7"] = text("Chief Clinical Information Officer of " + b.delivers.Name)
}

func (b *bid) funding(a form.Answers, today time.Time) {
	a["FU1"], a["FU4"], a["FU6"] = chosen("no"), chosen("no"), chosen("no")
	if b.rng.IntN(4) == 0 {
		a["FU1"] = chosen("yes")
		a["FU2"] = rows(form.Row{
			"source": text(b.pick("Regional transformation money", "A national programme for virtual wards", "A charity's innovation grant") + " (invented)"), "outcome": chosen(b.pick("awarded", "refused", "waiting")),
			"amount": pounds(int64(20+b.rng.IntN(100)) * 1000), "purpose": text("Pilot of six months on one ward"), "population": text("People of one hospital of " + b.place()),
			"until": on(today.AddDate(0, 2, 0)), "differs": text("The pilot paid for trying it out; this project pays for taking it up at all sites, from the day on which the pilot ends"),
		})
		a["FU3"] = text("Each cost line has its own code in the ledger. The finance lead signs each quarter that no line is paid from elsewhere.")
	}
	a["FU8"] = text(b.pick("We would start at one site in two years' time, when the present contract ends.", "The teams would go on as they are; there is no local money for the licences this year.", "It would stay a pilot on one ward.") + " " + b.pick("People would wait as long as they do now.", "The inequality between the two sides of our area would stay."))
}

func (b *bid) rollout(a form.Answers, today time.Time) {
	live := today.AddDate(0, 0, 7*b.weeks+60)
	var sites, ready []form.Row
	later := 0
	for i := range b.sites {
		name := fmt.Sprintf("%s, site %d", b.pick("Outpatients", "Community hub", "Day unit", "Main hospital"), i+1)
		n := 40 + b.rng.IntN(260)
		later += n
		sites = append(sites, form.Row{"organisation": org(b.delivers.ODSCode), "site": text(name), "now": number(0), "later": number(n), "live": on(live.AddDate(0, i, 0))})
		ready = append(ready, form.Row{"site": text(name), "officer": chosen("yes"), "dcb0160": chosen(b.pick("in_progress", "done", "not_started")), "dpia": chosen(b.pick("in_progress", "done")), "integration": chosen(b.pick("in_progress", "not_started")), "staff": chosen(b.pick("yes", "yes", "no"))})
	}
	a["RO1"], a["RO5"] = rows(sites...), rows(ready...)
	a["RO2"], a["RO3"], a["RO4"] = number(180000+b.rng.IntN(1400000)), number(later*9), number(b.weeks)
	a["RO6"], a["RO7"] = text("Named in the trust's clinical safety plan (invented)"), chosen(b.Connects)
	if b.Connects != "none" {
		a["RO8"] = text("The supplier and our integration team share the work; the interface is in test at a neighbouring trust. If it is late we start with a daily file, checked by a person.")
	}
	a["RO9"] = rows(form.Row{"risk": text(b.pick("Fewer people take part than we hope", "Staff are called away in winter", "The interface is late")), "likelihood": chosen("medium"), "impact": chosen(b.pick("medium", "high")), "response": text("Reviewed each week by the clinical lead; the plan names what is done at two thresholds"), "owner": text("Clinical lead")})
	a["RO10"] = text(b.pick("After twelve months the remaining sites follow in groups of three; those that went first train the next.", "The neighbouring system has asked to follow; our plan, training and contract terms are open to it.", "It becomes part of the pathway that commissioners pay for, with the same data for every site.") + " " + b.pick("We publish what did not work too.", "A community of practice meets each quarter."))
}

func (b *bid) inclusion(a form.Answers, today time.Time) {
	a["IN1"] = text(b.pick("We start in the two neighbourhoods with the longest waits.", "Take-up is watched by deprivation, ethnicity and age each month, and the team acts when a gap opens.", "Community workers invite those who were not reached before.") + " The measure “" + strings.ToLower(b.Measure) + "” is reported for the poorest fifth apart.")
	a["IN2"] = text(b.pick("They get the same care by telephone or face to face, and wait no longer for it.", "Devices with data are lent, and a helper comes to the first use.", "A relative or carer can act for them if they wish.") + " " + b.pick("Nobody is asked twice to go digital.", "The choice is noted in the record."))
	a["IN3"] = text(b.pick("Eleven people who live with the condition tried it and changed the order of the questions.", "The patient partnership read the plan and has two seats on the board of the project.", "Carers told us what letters do not say; the messages are theirs.") + " They are paid for their time.")
	a["IN4"], a["IN6"] = chosen("no"), on(today.AddDate(0, 1, 0))
}

func (b *bid) delivery(a form.Answers, t team, today time.Time) {
	start := today.AddDate(0, 3, 0)
	end := start.AddDate(1, 0, 0)
	a["DE1"], a["DE2"] = on(start), on(end)
	a["DE3"] = rows(
		form.Row{"milestone": text("Contract and safety case signed"), "due": on(start.AddDate(0, 1, 0)), "owner": text(t.contact.Name)},
		form.Row{"milestone": text("First patient"), "due": on(start.AddDate(0, 0, 7*b.weeks)), "owner": text(t.clinical.Name)},
		form.Row{"milestone": text("All sites live"), "due": on(start.AddDate(0, 9, 0)), "owner": text(t.contact.Name)})
	a["DE4"] = rows(form.Row{"benefit": text(b.Measure), "kind": chosen("not_cash_releasing"), "measure": text("Monthly, from the trust's own system"), "value": pounds(b.pounds / 1000 * int64(400+b.rng.IntN(900))), "from": on(start.AddDate(0, 9, 0)), "owner": text(t.sro.Name)})
	a["DE5"] = rows(form.Row{"risk": text("The project manager leaves"), "likelihood": chosen("low"), "impact": chosen("medium"), "response": text("A deputy works along from the start"), "owner": text(t.sro.Name)})
	a["DE6"] = rows(form.Row{"part": text("Project manager"), "wte": decimal(1), "in_post": chosen("yes")}, form.Row{"part": text("Clinical lead"), "wte": decimal(0.2), "in_post": chosen("yes")})
	a["DE7"] = text("The SRO chairs a monthly board with a clinician, a finance manager, a patient partner and the supplier in attendance. Decisions and risks are minuted.")
}

// costs splits the amount into lines that add up to it.
func (b *bid) costs(a form.Answers, today time.Time) {
	year := financialYear(today.AddDate(0, 3, 0))
	line := func(what, category, use string, amount int64, quarter string) form.Row {
		return form.Row{"description": text(what), "category": chosen(category), "use": chosen(use), "recurrent": chosen("no"), "vat": chosen("recovered"), "year": chosen(year), "quarter": chosen(quarter), "amount": pounds(amount)}
	}
	licences, hardware, team := b.pounds*38/100/1000*1000, b.pounds*17/100/1000*1000, b.pounds*25/100/1000*1000
	a["CO1"] = rows(
		line("Licences for "+b.Product+", twelve months", "licences", "revenue", licences, "q3"),
		line("Devices and set-up", "hardware", "capital", hardware, "q3"),
		line("Project team", "project_management", "revenue", team, "q4"),
		line("Training, inclusion and evaluation", "training", "revenue", b.pounds-licences-hardware-team, "q4"))
	a["CO2"], a["CO3"] = pounds(b.pounds), pounds(b.least)
	a["CO4"] = text(b.pick("We would leave out the last two sites and go to them a year later.", "We would lend fewer devices and evaluate with our own analysts.", "We would start with one pathway instead of two."))
	a["CO5"] = text(b.pick("Prices are those of the framework; three suppliers were compared.", "The licence price was checked with two systems that use it.", "Staff costs are at mid-point of the band.") + fmt.Sprintf(" That is £%d for each patient in the first year.", max(b.pounds/int64(300+b.rng.IntN(2500)), 4)))
	a["CO7"] = chosen("no")
	if b.rng.IntN(3) == 0 {
		a["CO7"] = chosen("yes")
		a["CO8"] = rows(form.Row{"source": text(b.delivers.Name), "form": chosen("work"), "amount": pounds(int64(10+b.rng.IntN(60)) * 1000), "confirmed": chosen("yes")})
	}
	a["CO9"] = text(b.pick("The trust pays the licences from the second year on, from clinic time that is no longer needed.", "Commissioners have agreed in writing to carry it if the measure holds.", "It replaces a contract that ends next year."))
}

// financialYear is the option for the year from April to March in which a day lies.
func financialYear(day time.Time) string {
	y := day.Year()
	if day.Month() < time.April {
		y--
	}
	return fmt.Sprintf("%d_%02d", y, (y+1)%100)
}

func (b *bid) declarations(a form.Answers) {
	for _, code := range []form.Code{"DC1", "DC8", "DC9", "DC10", "DC11"} {
		a[code] = chosen(form.Agreed)
	}
	a["DC2"], a["DC4"], a["DC6"] = chosen("no"), chosen("no"), chosen("yes")
}
