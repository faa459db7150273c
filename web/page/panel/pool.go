package panel

import (
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Pool is the reviewers of a round: who they are, how their invitation stands, how much they have.
type Pool struct {
	assignment.Pool

	Chosen                     ident.Person // whose details are changed
	Latest                     *assignment.Reviewer
	Problems                   fault.Problems
	Typed                      Typed
	TypedAll                   func(name string, stored []string) []string
	Search, Kind, Theme, Stand string
}

// Head is what the frame shows.
func (p Pool) Head() shared.Head {
	return shared.Head{Title: "Reviewers", Caption: string(p.Round.Ref) + ": " + p.Round.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Pool) at(path string) string { return "/admin/reviewers/" + string(p.Round.Ref) + path }

// others are the rounds besides this one.
func (p Pool) others() []nhs.Link {
	var links []nhs.Link
	for _, r := range p.Rounds {
		if r.ID != p.Round.ID {
			links = append(links, nhs.Link{Href: "/admin/reviewers/" + string(r.Ref), Text: "Reviewers of " + string(r.Ref)})
		}
	}
	return links
}

// unasked counts those who were not asked yet.
func (p Pool) unasked() int {
	n := 0
	for _, e := range p.Entries {
		if e.Stand == assignment.NotAsked {
			n++
		}
	}
	return n
}

func (p Pool) wants(e assignment.Entry) bool {
	text := strings.ToLower(strings.TrimSpace(p.Search))
	found := strings.Contains(strings.ToLower(e.Name+"\n"+e.Email+"\n"+e.Organisation+"\n"+string(e.ODS)), text)
	return found && (p.Kind == "" || p.Kind == e.Kind) && (p.Theme == "" || e.Expert(p.Theme)) && (p.Stand == "" || p.Stand == e.Stand)
}

func (p Pool) table() nhs.Table {
	t := nhs.Table{
		ID: "reviewers", Caption: "Reviewers of the round", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "No reviewer is like that.",
		Columns: []nhs.Column{
			{Heading: "Name"}, {Heading: "Kind"}, {Heading: "Organisation"}, {Heading: "Themes"}, {Heading: "Reviews"}, {Heading: "Invitation"}, {Heading: "Notes"}, {Heading: "Change"},
		},
	}
	if len(p.Entries) == 0 {
		t.Empty = "The round has no reviewers yet."
	}
	load, capacity := 0, 0
	for _, e := range p.Entries {
		if !p.wants(e) {
			continue
		}
		load, capacity = load+e.Load, capacity+e.Capacity
		change := nhs.Cell{}
		if p.May[access.EditReviewer] {
			change = nhs.Cell{Text: "Change", Href: p.at("?person=" + string(e.Person) + "#change"), Hidden: e.Name}
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: e.Name}, {Text: kindTitle(e.Kind)}, {Text: e.Organisation}, {Text: e.Themes}, {Text: capacityWords(e)}, {Content: standTag(e)}, {Text: notes(e)}, change,
		})
	}
	if len(t.Rows) > 0 {
		t.Foot = nhs.Cells(strconv.Itoa(len(t.Rows))+" reviewers", "", "", "", fmt.Sprintf("%d of %d", load, capacity), "", "", "")
	}
	return t
}

// capacityWords says how many reviews somebody has, and how many they can have.
func capacityWords(e assignment.Entry) string {
	words := fmt.Sprintf("%d of %d", e.Load, e.Capacity)
	if e.Wish != nil && *e.Wish < e.Capacity {
		words += fmt.Sprintf(" (asks for %d)", *e.Wish)
	}
	return words
}

func standTag(e assignment.Entry) nhs.Tag {
	switch e.Stand {
	case assignment.Accepted:
		return nhs.Tag{Text: "Accepted", Colour: nhs.Green}
	case assignment.Refused:
		return nhs.Tag{Text: "Declined", Colour: nhs.Red}
	case assignment.Invited:
		return nhs.Tag{Text: "Invited", Colour: nhs.Blue}
	case assignment.Lapsed:
		return nhs.Tag{Text: "Lapsed", Colour: nhs.Orange}
	default:
		return nhs.Tag{Text: "Not asked", Colour: nhs.Grey}
	}
}

// notes are what else is known of somebody: when they are away, whether they accepted the terms, their training.
func notes(e assignment.Entry) string {
	var all []string
	if len(e.Away) > 0 {
		all = append(all, "Away "+strings.ReplaceAll(assignment.AwayText(e.Away), "\n", ", ")+".")
	}
	if e.TermsAcceptedAt == nil {
		all = append(all, "Terms not accepted yet.")
	} else {
		all = append(all, "Terms accepted.")
	}
	if trained := strings.TrimSpace(e.Training + " " + e.TrainedOn); trained != "" {
		all = append(all, "Training: "+trained+".")
	}
	return strings.Join(all, " ")
}

// chosen is the reviewer whose details are changed, nil for somebody new.
func (p Pool) chosen() *assignment.Entry {
	for i := range p.Entries {
		if p.Entries[i].Person == p.Chosen {
			return &p.Entries[i]
		}
	}
	return nil
}

// invitation says how the invitation of a reviewer stands, in a sentence.
func invitation(e *assignment.Entry) string {
	switch e.Stand {
	case assignment.Accepted:
		return "They accepted on " + uktime.Date(*e.AnsweredAt) + "."
	case assignment.Refused:
		return "They declined on " + uktime.Date(*e.AnsweredAt) + ": " + e.AnswerNote
	case assignment.Invited:
		return "They were asked on " + uktime.Date(*e.InvitedAt) + ", and can answer until " + uktime.Date(*e.InvitationEnds) + ". Nothing is assigned to them before they accept."
	case assignment.Lapsed:
		return "They were asked on " + uktime.Date(*e.InvitedAt) + " and did not answer in time. Nothing is assigned to them."
	default:
		return "They were not asked by mail: the fund counts on them."
	}
}

func options(all []string, label func(string) string) []nhs.Option {
	list := make([]nhs.Option, len(all))
	for i, one := range all {
		list[i] = nhs.Option{Value: one, Label: label(one)}
	}
	return list
}

func plain(text string) string { return text }

func (p Pool) stands() []nhs.Option {
	return options([]string{assignment.NotAsked, assignment.Invited, assignment.Accepted, assignment.Refused, assignment.Lapsed}, kindTitle)
}

// fields are those of the form, with what is stored of a reviewer.
func (p Pool) fields(e *assignment.Entry) poolForm {
	if e == nil {
		return poolForm{p, assignment.Entry{Reviewer: assignment.Reviewer{Capacity: 10}}}
	}
	return poolForm{p, *e}
}

// poolForm is the form with the details of one reviewer.
type poolForm struct {
	Pool

	Entry assignment.Entry
}

func (f poolForm) typed(name, stored string) string { return f.Typed(name, stored) }

// refused are the rows of a list that are wrong, if there are several.
func (p Pool) refused() []string {
	if lines := strings.Split(p.Problems["file"], "\n"); len(lines) > 1 {
		return lines
	}
	return nil
}

func (p Pool) file() nhs.FileUpload {
	problem, _, many := strings.Cut(p.Problems["file"], "\n")
	if many {
		problem = "Nothing was imported. First: " + problem
	}
	return nhs.FileUpload{
		Name: "file", Label: "List of reviewers (CSV)", Error: problem, Accept: ".csv",
		Hint: "With the columns " + strings.Join(assignment.Columns(), ", ") + ". Several themes are separated by semicolons. All rows are imported or none; who is in the pool already is changed.",
	}
}

func themesOf(text string) []string { return strings.Fields(text) }
