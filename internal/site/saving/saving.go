// Package saving is how pages whose forms are saved while somebody types talk with the script that does it, and how the second of two
// versions is chosen. It leaves what is saved, and how versions are merged, to the room of the form.
package saving

import (
	"maps"
	"net/http"
	"net/url"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/page/shared"
)

// Acknowledgement is what the script that saves while somebody types reads: what is saved, and what is not.
type Acknowledgement struct {
	Version int    `json:"version"`
	SavedAt string `json:"saved_at"` // the time of day in the United Kingdom
	// Problems are what is wrong with what was saved nevertheless, by input.
	Problems fault.Problems `json:"problems,omitempty"`
	// Marks are those of the answers as they stand, by question: what the page sends with its next change.
	Marks map[form.Code]string `json:"marks"`
	// Others says that somebody else changed the section meanwhile.
	Others bool `json:"others,omitempty"`
	// Conflicts are the questions that somebody else changed too: of these nothing was saved.
	Conflicts []Conflict `json:"conflicts,omitempty"`
	Words     string     `json:"words,omitempty"`
	// Live are parts of the page as they are now, by the ids of their elements.
	Live map[string]string `json:"live,omitempty"`
}

// Conflict is a question that two changed.
type Conflict struct {
	Question form.Code `json:"question"`
	Name     string    `json:"name"`
	Who      string    `json:"who,omitempty"`
	At       string    `json:"at,omitempty"`
	Theirs   string    `json:"theirs"`
}

// Acknowledge says of the questions of a section what stands now, and which of them somebody else changed too.
func Acknowledge(r *route.Request, section *form.Section, answers form.Answers, clashes []form.Clash) Acknowledgement {
	a := Acknowledgement{SavedAt: uktime.Clock(r.Arrival()), Marks: map[form.Code]string{}}
	for _, q := range section.Questions {
		a.Marks[q.Code] = form.Mark(answers[q.Code])
	}
	for _, c := range clashes {
		told := Conflict{Question: c.Question.Code, Name: c.Question.Name(), Who: c.Who, Theirs: form.Display(c.Question, c.Theirs)}
		if !c.At.IsZero() {
			told.At = uktime.Clock(c.At)
		}
		a.Conflicts = append(a.Conflicts, told)
	}
	return a
}

// Reply answers the script.
func (a Acknowledgement) Reply() (route.Reply, error) {
	if len(a.Conflicts) > 0 {
		a.Words = "Someone else changed the same answers after you opened this section"
		return route.JSONStatus(http.StatusConflict, a)
	}
	return route.JSON(a)
}

// Choose shows both versions of what two people changed: 409, or 422 where the choice was sent without being made.
func Choose(r *route.Request, shown shared.Choose, unchosen fault.Problems) (route.Reply, error) {
	if len(unchosen) == 0 {
		return route.ShowStatus(http.StatusConflict, shown)
	}
	return r.Again(fault.Fields(unchosen), func(*route.Request) (route.Reply, error) { return route.Show(shown) })
}

// shownSuffix ends the name of the input that says that a question was on the page.
const shownSuffix = "-shown"

// Chosen makes of the choices between versions what is to be saved: inputs as if they had been typed. Where nothing was chosen the
// version of the one who chooses is sent once more without saying what it was made from, so that it is asked again.
func Chosen(typed url.Values) (values url.Values, unchosen fault.Problems) {
	values, unchosen = maps.Clone(typed), fault.Problems{}
	if typed.Get("action") != "choose" {
		return values, unchosen
	}
	for field := range typed {
		code, asked := strings.CutSuffix(field, shownSuffix)
		if !asked {
			continue
		}
		choice := typed.Get("choose." + code)
		if choice == "theirs" {
			values.Del(field)
			continue
		}
		for name, of := range typed {
			if mine, ok := strings.CutPrefix(name, "mine."); ok && form.CodeOf(mine) == form.Code(code) {
				values[mine] = of
			}
		}
		switch choice {
		case "mine":
		case "both":
			values[code] = typed["both."+code]
		default:
			values.Set(field, strings.Repeat("-", 16)) // as long as a mark, and none
			unchosen["choose."+code] = "Choose which version to keep"
		}
	}
	return values, unchosen
}
