package application

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Happening is something that happened to an application, in words.
type Happening struct {
	At   time.Time
	Who  string
	What string
}

// History is what happened to an application, newest first. The applicant's side sees its own deeds and what it was told; the fund's
// people see everything.
type History struct {
	Application *Application
	Happenings  []Happening
	Earlier     int64 // where the page of earlier happenings begins; 0: these are the first
	Answers     AnswerHistory
}

// Looking is what somebody looks for in a history. Empty: the newest of everything.
type Looking struct {
	Section  string    // as in the address of its page
	Question form.Code // answers to one question only
	Before   string    // changes of answers that are older than one
	Events   int64     // happenings that are older than one
}

// happeningsAPage is how many happenings are on a page.
const happeningsAPage = 100

// History gives the history of an application.
func (s *Service) History(ctx context.Context, ref ident.Ref, look Looking) (History, error) {
	var h History
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplicationHistory)
		if err != nil {
			return err
		}
		h, err = s.history(tx, a, look)
		tx.Saw("history", string(a.Ref))
		return err
	})
	return h, err
}

func (s *Service) history(tx *work.Tx, a *Application, look Looking) (History, error) {
	h := History{Application: a}
	f, err := s.form(a)
	if err != nil {
		return h, err
	}
	if a.side(tx.By.ID) {
		if h.Answers, err = s.answerHistory(tx, a, f, look); err != nil {
			return h, err
		}
	}
	events, err := eventsOf(tx, a.ID, look.Events, happeningsAPage)
	if err != nil {
		return h, err
	}
	if len(events) == happeningsAPage {
		h.Earlier = events[len(events)-1].Seq
	}
	names, err := namesIn(tx, events)
	if err != nil {
		return h, err
	}
	own := a.side(tx.By.ID)
	for _, e := range events {
		what := told(f, e)
		if what == "" && !own {
			what = humanise(e.Verb)
		}
		if what == "" {
			continue
		}
		h.Happenings = append(h.Happenings, Happening{At: e.At, Who: a.who(e, names, own), What: what})
	}
	return h, nil
}

// side reports whether somebody is on the applicant's side: main contact, contributor or signatory.
func (a *Application) side(person ident.Person) bool {
	return slices.ContainsFunc(a.people, func(p Part) bool {
		return p.Person == person && slices.Contains(applicantSide(), p.Relation)
	})
}

// who names the actor of an event; to the applicant's side the people of the fund are the fund.
func (a *Application) who(e audit.Entry, names map[ident.Person]string, own bool) string {
	if e.ByKind != access.Person.String() {
		return "The service"
	}
	if own && !a.side(ident.Person(e.ByID)) && a.MainContact != ident.Person(e.ByID) {
		return "The fund"
	}
	if name := names[ident.Person(e.ByID)]; name != "" {
		return name
	}
	return "Somebody"
}

func namesIn(tx *work.Tx, events []audit.Entry) (map[ident.Person]string, error) {
	var ids []ident.Person
	for _, e := range events {
		if e.ByKind == access.Person.String() {
			ids = append(ids, ident.Person(e.ByID))
		}
	}
	return namesOf(tx, ids)
}

// namesOf gives the names of people; ids that are none have none.
func namesOf(tx *work.Tx, ids []ident.Person) (map[ident.Person]string, error) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id ident.Person) bool {
		_, err := ident.Parse[ident.Person](string(id))
		return err != nil
	})
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return map[ident.Person]string{}, nil
	}
	return people.Names(tx, ids...)
}

// told says in words what the applicant's side may know to have happened, or nothing.
func told(f *form.Form, e audit.Entry) string {
	var facts struct {
		Section string `json:"section"`
		Person  string `json:"person"`
		Way     way    `json:"way"`
	}
	_ = json.Unmarshal([]byte(e.Facts), &facts) // facts without these are as good as none
	switch access.Action(e.Verb) {              //nolint:exhaustive // the others are not told
	case access.EditApplication:
		did := "Saved"
		if facts.Way == wayOfRestore {
			did = "Restored an earlier version of"
		}
		if sec, ok := f.Section(facts.Section); ok {
			return did + " “" + sec.Title + "”"
		}
		return did + " answers"
	case access.InviteToApplication:
		if facts.Person == "" {
			return "Asked the signatories to sign"
		}
		return "Invited somebody to help"
	}
	return plainWords()[e.Verb]
}

// plainWords are the events that are told to the applicant's side with the same words each time.
func plainWords() map[string]string {
	return map[string]string{
		"application.start":                "Started the application",
		"application.copy":                 "Began with the answers of another application",
		"application.remove_contributor":   "Ended somebody's part in the application",
		"application.answer_invitation":    "Accepted an invitation",
		"application.decline_invitation":   "Declined an invitation",
		"application.withdraw_invitation":  "Withdrew an invitation",
		"application.resend_invitation":    "Sent an invitation again",
		"application.change_sections":      "Changed the sections of a contributor",
		"application.leave":                "Left the application",
		"application.hand_over":            "Asked somebody to become the main contact",
		"application.change_main_contact":  "Became the main contact",
		"application.name_deputy":          "Named a deputy to sign for them",
		"application.sign":                 "Signed",
		"application.clear_signature":      "A signature no longer counts, because answers changed",
		"application.set_aside":            "Typed answers that somebody else was changing too; that version is in the history of answers",
		"application.submit":               "Submitted the application",
		"application.reopen_copy":          "Reopened it to be changed; the last submission stands meanwhile",
		"application.withdraw":             "Withdrew the application",
		"application.lapse":                "The deadline passed before it was submitted",
		"application.extend":               "More time was given",
		"application.reopen":               "The draft was reopened",
		"application.take_in":              "Passed to the eligibility check",
		"application.ask_clarification":    "Questions were asked",
		"application.answer_clarification": "Answered the questions",
		"application.expire_clarification": "The time to answer the questions ended",
		"application.confirm_ineligible":   "Found not eligible",
		"application.leave_off_shortlist":  "Not shortlisted",
		"application.release":              "The outcome was released",
		"application.take_up":              "Taken up from the reserve list",
		"application.expire_reserve":       "Its place on the reserve list ended",
		"application.uphold_review":        "A review of the decision was upheld",
		"file.add":                         "Added a file",
		"file.remove":                      "Removed a file",
	}
}

// humanise makes words of a verb such as "eligibility.record".
func humanise(verb string) string {
	of, what, found := strings.Cut(verb, ".")
	if !found {
		return verb
	}
	text := strings.ReplaceAll(what, "_", " ") + " (" + of + ")"
	return strings.ToUpper(text[:1]) + text[1:]
}
