package retention

import (
	"fmt"
	"strings"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
)

// Fate is what becomes of the rows of a table that belong to something whose data is removed.
type Fate string

// The fates.
const (
	Removed Fate = "removed" // the rows go
	Kept    Fate = "kept"    // the rows stay, without people and what they wrote
	Own     Fate = "own"     // the rows belong to an account, and go with it
	Stays   Fate = "stays"   // the rows belong to a round, a call, a product or the fund, and stay
)

// Holding says of one table what it holds of people. Each column that holds a text or an id stands in one of the lists, in which a mark after the
// name says what takes its place where the row is kept: nothing, unless a mark says otherwise.
//
//	!   the word "Removed", where a text must not be empty
//	{}  an empty JSON object
//	[]  an empty JSON list
//	=   it stays: it is written by the program, or names nobody
//	~   the pseudonym of the person, the same for one person in one list of removal, so that scores of one reviewer can still be told from
//	    those of another; without it, the id of nobody
type Holding struct {
	Table string
	Label string
	Fate  Fate

	About  string // whose row it is: they are given it
	By     string // who acted: they are told how often
	Words  string // what people wrote, or what names them
	Secret string // digests of secrets: given to nobody
	Plain  string // everything else
	Unsaid string // of these, what the person may not know yet, such as where an undecided application stands

	of reach
}

// reach is the condition by which rows of a table belong to applications, whose ids take the place of the question mark.
type reach string

const (
	ofApplication reach = "application_id IN ?"
	ofItself      reach = "id IN ?"
	ofAward       reach = "award_id IN (SELECT id FROM awards WHERE application_id IN ?)"
	ofAwardItself reach = "id IN (SELECT id FROM awards WHERE application_id IN ?)"
	ofAwardFile   reach = "subject IN (SELECT id FROM awards WHERE application_id IN ?)"
	ofDecision    reach = "decision_id IN (SELECT id FROM decisions WHERE application_id IN ?)"
	ofReview      reach = "review_id IN (SELECT id FROM reviews WHERE application_id IN ?)"
	ofUpload      reach = "upload_id IN (SELECT id FROM uploads WHERE application_id IN ?)"
	ofDeed        reach = "subject IN (SELECT CAST(a.id AS text) FROM applications a WHERE a.id IN ? UNION SELECT CAST(w.id AS text) FROM awards w WHERE w.application_id IN ?)"
)

// args are what the question marks of the condition stand for.
func (r reach) args(ids []string) []any {
	args := make([]any, strings.Count(string(r), "?"))
	for i := range args {
		args[i] = ids
	}
	return args
}

// column is a column with the mark that stands after its name.
type column struct{ name, mark string }

func columns(list string) []column {
	var all []column
	for _, text := range strings.Fields(list) {
		name := strings.TrimRight(text, "!{}[]=~")
		all = append(all, column{name, text[len(name):]})
	}
	return all
}

// Columns are the names of all columns that the holding lists.
func (h Holding) Columns() []string {
	var names []string
	for _, c := range columns(strings.Join([]string{h.About, h.By, h.Words, h.Secret, h.Plain}, " ")) {
		names = append(names, c.name)
	}
	return names
}

// persons are the columns that hold the ids of people.
func (h Holding) persons() []column { return columns(h.About + " " + h.By) }

// nobody is the id that takes the place of a person's.
const nobody = "00000000-0000-0000-0000-000000000000"

// pseudonym takes the place of a person's id where the rows of one person must still be told from those of another. Without the salt of the
// list, which is emptied when it has been carried out, nobody can find the person again.
func pseudonym(salt string, p ident.Person) string {
	d := audit.Digest([]byte(salt + string(p)))
	return fmt.Sprintf("%s-%s-8%s-8%s-%s", d[:8], d[8:12], d[12:15], d[15:18], d[18:30])
}

// Of is the condition by which rows belong to an application, with what its question marks stand for; false if none do.
func (h Holding) Of(application string) (where string, args []any, ok bool) {
	return string(h.of), h.of.args([]string{application}), h.of != ""
}

// Persons are the names of the columns that hold the ids of people.
func (h Holding) Persons() []string {
	var names []string
	for _, c := range h.persons() {
		names = append(names, c.name)
	}
	return names
}
