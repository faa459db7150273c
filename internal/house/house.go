// Package house holds the walls of the house: the table of rooms with what each may import, from which internal/README.md is made. Its
// tests fail on a wrong wall. Nothing imports it.
package house

import (
	"fmt"
	"strings"
)

// Room is a package: what it is for, and which packages of this module it may import.
type Room struct {
	Path    string
	Is      string
	Imports string // separated by spaces; without internal/
}

// Floor is a layer of the house; it stands on those before it.
type Floor struct {
	Name  string
	Is    string
	Rooms []Room
}

const (
	ground   = "fault ident money uktime config sheet jsondoc"
	language = ground + " access form form/expression form/source workflow rules rubric assign agreement matching calibration dtac/status dtac/carry dtac/filled allocation/solve/highs allocation/solve targeting simulation award/plan"
	platform = language + " db audit notify files jobs document"
	inside   = platform + " work"
)

// Floors are all floors, from the ground up.
func Floors() []Floor {
	return []Floor{groundFloor(), languageFloor(), platformFloor(), conceptFloor(), outsideFloor()}
}

func groundFloor() Floor {
	return Floor{"Ground", "small things without state, SQL or HTTP", []Room{
		{"fault", "what can go wrong that a person can act on: kinds, words, problems by field", ""},
		{"ident", "typed ids and references", ""},
		{"money", "pence: read, shown, summed and split without loss", ""},
		{"uktime", "moments as people in the United Kingdom read and type them", ""},
		{"sheet", "rows of lists in CSV, and what is wrong with them by the row", "fault"},
		{"jsondoc", "JSON documents, and the place of what is wrong with them", ""},
		{"config", "settings from defaults, file, environment and flags", ""},
	}}
}

func languageFloor() Floor {
	return Floor{"Language", "the fund's own rules as values and functions: no SQL, no HTTP", []Room{
		{"access", "principals, actions, conditions, the policy; the only user of casbin", "fault ident"},
		{"form/source", "YAML with the line of everything that is wrong", "fault"},
		{"form/expression", "conditions on answers", "fault"},
		{"form", "questions, answers, checking, differences", "fault ident money form/expression form/source"},
		{"workflow", "states and moves of calls, applications and awards", "access fault ident"},
		{"rules", "eligibility rules over answers", "fault ident money form form/expression form/source"},
		{"rubric", "what is scored, by whom, and how scores add up", "fault form form/source"},
		{"assign", "who reviews what, as a flow of least cost", "fault jsondoc"},
		{"agreement", "how far those who score the same things agree", ""},
		{"calibration", "from the scores of harsh and lenient reviewers to how good applications are, and how sure that is", "fault sheet"},
		{"matching", "names, products and text likeness for double funding", ""},
		{"dtac/status", "from a DTAC return to a status", "fault form form/expression form/source ident"},
		{"dtac/carry", "what of an assessment on an older DTAC form holds on the newer one", "fault form form/expression form/source ident dtac/status"},
		{"dtac/filled", "from a filled-in DTAC document to proposed answers", "fault form"},
		{"allocation/solve/highs", "the exact solver inside the program", ""},
		{"allocation/solve", "from scores and limits to who is funded", "money jsondoc allocation/solve/highs"},
		{"award/plan", "the arithmetic of an award: plan, payments, spending against the plan", "money"},
		{"targeting", "what one more review is worth, and which to ask for next", "money assign calibration"},
		{"simulation", "how well ways of deciding decide, in rounds whose truth is known", "fault money assign calibration allocation/solve targeting"},
	}}
}

func platformFloor() Floor {
	return Floor{"Platform", "what touches the world outside the program", []Room{
		{"db", "connections, dialects, migrations", ""},
		{"audit", "the trail, its chain and head, protected rows, the read log, the key, receipts", "ident"},
		{"jobs", "work done after the change that asked for it", "ident"},
		{"notify", "the outbox of mail", "fault ident jobs"},
		{"files", "evidence files by digest", "fault"},
		{"document", "Word files: plain ones to draft in", ""},
		{"pdf", "pages printed as tagged PDF files, by a Chromium beside the program", ""},
		{"work", "the gate: one transaction for each use case, with permission and event", "access audit db fault ident jobs notify workflow"},
	}}
}

func conceptFloor() Floor {
	life := []Room{
		{"people", "persons, accounts, sessions, roles held, organisations", ""},
		{"fund", "rounds, calls, settings, publication", "people"},
		{"upload", "files on their way, in pieces", ""},
		{"product", "products, DTAC returns, what is known of them", "people fund upload"},
		{"position", "the DTAC register, assessments, positions of the fund", "people fund product"},
		{"application", "drafts, people, answers, signatures, submissions; the one Move", "people fund product upload"},
		{"otherfunding", "imported lists, likely double funding, what was concluded of it", "people fund application"},
		{"eligibility", "findings, clarification, eligible or not", "people fund application otherfunding product"},
		{"interest", "declarations, conflicts, recusals", "people fund application product"},
		{"assignment", "who reviews what", "people fund application product interest"},
		{"review", "reviews, scores, moderation, totals", "people fund application product interest assignment"},
		{"panel", "meetings: agenda, quorum, decisions, minutes", "people fund application assignment review"},
		{"computation", "what is computed in the background: asked for, under way, done", "fund"},
		{"ranking", "calibrated rankings and their freezing", "people fund application review computation"},
		{"targeted", "further reviews, asked for where they matter most", "people fund application product interest assignment review ranking"},
		{"allocation", "scenarios, the lot, proposals and their deviations", "people fund application product review computation ranking"},
		{"letter", "what applicants are told of decisions: templates of a round, letters, corrections", "people fund application product review"},
		{"decision", "approvals, release, reviews of decisions", "people fund application product review allocation letter"},
		{"setup", "making a round and its calls, what they lack, asking for approval, copying a round", "people fund application product interest assignment review letter"},
		{"award", "pre-award checks, offer, agreement, conditions, what is cleared to pay", "people fund upload product application decision"},
		{"monitoring", "after the agreement: conditions signed off, returns, variations, how an award and at last its call end", "people fund upload product application decision award"},
		{"retention", "periods, legal holds, removal, and what is held about a person", "people fund application otherfunding"},
		{"trail", "the audit trail as auditors read it, and its checkpoints", "people fund application"},
		{"explain", "the whole story of one application, and what of it may be withheld", "people fund application product otherfunding eligibility interest assignment review panel ranking allocation letter decision award monitoring"},
		{"report", "the catalogue of reports and exports, and the register of awards", "people fund application product interest assignment review ranking allocation letter decision award"},
		{"demonstration", "invented rounds, loaded through the use cases", "people fund application product position otherfunding eligibility interest assignment review ranking allocation decision award monitoring"},
	}
	for i := range life {
		life[i].Imports = inside + " " + life[i].Imports
	}
	return Floor{"Concepts", "one room for each concept of the fund, along the life of an application", life}
}

func outsideFloor() Floor {
	concepts := " people fund upload application product position otherfunding eligibility interest assignment review panel computation ranking targeted allocation letter decision setup award monitoring trail explain report retention"
	site := inside + concepts + " site/route"
	return Floor{"Outside", "what people meet", []Room{
		{"site/htmlcheck", "what every page must be", ""},
		{"site/route", "a request to take from, a reply to return, a row that says where it stands; the only gin beside site", ground + " access"},
		{"site", "middleware, the table of routes mounted", ground + " access work site/route"},
		{"site/saving", "what a page that is saved while somebody types is told, and the choice between two versions", ground + " form site/route"},
		{"site/account", "handlers: accounts", site},
		{"site/public", "handlers: what anyone sees", site},
		{"site/applicant", "handlers: applicants, signatories, suppliers", site + " site/public site/saving"},
		{"site/fundteam", "handlers: eligibility officers, DTAC assessors, fund managers", site + " site/public"},
		{"site/reviewer", "handlers: reviewers", site + " site/saving"},
		{"site/panel", "handlers: the chair's desk", site + " site/public"},
		{"site/oversight", "handlers: approval, awards, reports, audit", site + " site/account site/public"},
		{"house", "these walls", ""},
	}}
}

// places says where a new thing goes.
func places() [][3]string {
	return [][3]string{
		{"state or move", "a row in `workflow` (from, on, to, action, guards, effects)", "golden diagrams; every state reachable; every guard bound"},
		{"question", "a new version of a file in `configs/forms`", "golden outlines; published digests unchanged"},
		{"kind of question", "`form/kind_<name>.go` and its component in `web/nhs`", "table of kinds: read, check, show"},
		{"role or grant", "`policies/roles.csv`, `policies/policy.csv`, `policies/expectations.csv`", "`policy check`; MATRIX.md is fresh; route contract test"},
		{"action", "`access/actions.go` and `actions_table.go`", "granted at least once"},
		{"pair of deeds that one person may not do", "`policies/segregation.csv`", "each pair bars both ways"},
		{"part of the rubric", "a new version in `configs/rubrics`", "weights add up to 100"},
		{"rule of eligibility", "a row in `configs/rules`, with examples beside it", "the examples"},
		{"message or letter", "an entry in `configs/letters`", "no unknown field; every notice has a text"},
		{"setting of a round or a call", "a field in `fund.Settings` and a question in `configs/setup`", "every setting is asked; the file and the browser make the same call"},
		{"report", "a file in `report` with its entry: name, action, columns, how its rows are read", "totals equal SQL, in every format"},
		{"format of reports", "a file `report/format_<name>.go` with its writer", "the same totals in it as in the others"},
		{"page", "a `.templ` in `web/page` and a row in a folder of `site`", "route contract test; htmlcheck"},
		{"table", "a file in `migrations`", "both dialects migrate; drift test"},
		{"setting", "a field in `config`, with its default in `configs/adoptionfund.yaml`", "all problems named at once"},
	}
}

// Map writes internal/README.md.
func Map() string {
	var b strings.Builder
	b.WriteString("# The map of the house\n\nMade from the import table in `house/house.go`; a test fails on any other import and on a package without a row.\n" +
		"A floor stands on those before it. How things travel, and why the walls are where they are: `docs/architecture.md`.\n")
	for _, f := range Floors() {
		fmt.Fprintf(&b, "\n## %s: %s\n\n| room | is |\n|---|---|\n", f.Name, f.Is)
		for _, r := range f.Rooms {
			fmt.Fprintf(&b, "| `%s` | %s |\n", r.Path, r.Is)
		}
	}
	b.WriteString("\n## Where a new thing goes\n\n| new | the one place | what fails until it is right |\n|---|---|---|\n")
	for _, p := range places() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p[0], p[1], p[2])
	}
	b.WriteString("\nThe rooms of a concept have the same files: `<concept>.go` types and rules, `service.go` use cases, `store.go` all its SQL, tests beside them.\n" +
		"`application` is the worked example. A method that takes a context opens the gate; a function that takes a `*work.Tx` is inside.\n")
	return b.String()
}
