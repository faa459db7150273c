package explain

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/workflow"
)

// timeline is everything that happened to the application, the first first: its events in the audit trail, and what was decided on the
// proposals that it was in, whose events are those of its call.
func (t teller) timeline() []Entry {
	l := life{t: t}
	for _, e := range t.k.past.Events {
		l.add(e)
	}
	all := append(l.entries, t.proposed()...)
	slices.SortStableFunc(all, func(x, y Entry) int { return x.At.Compare(y.At) })
	return all
}

// life follows the events of an application and of its award from state to state.
type life struct {
	t       teller
	state   workflow.ApplicationState
	award   workflow.AwardState
	entries []Entry
	last    audit.Entry // of the last entry
	times   int         // that the same was done by the same one after another
}

func (l *life) add(e audit.Entry) {
	entry := Entry{At: e.At.UTC(), Who: l.t.actor(e)}
	moved := l.moves(e.Verb, &entry)
	if n := len(l.entries); !moved && n > 0 && l.last.Verb == e.Verb && l.last.ByID == e.ByID {
		l.times++
		l.entries[n-1].What = l.what(e.Verb).and(plain(fmt.Sprintf(", %d times until %s", l.times, at(entry.At))))
		l.last = e
		return
	}
	entry.What = l.what(e.Verb)
	l.entries, l.last, l.times = append(l.entries, entry), e, 1
}

// what is what was done, in words. What happens between the check of eligibility and the release is not released before that.
func (l *life) what(verb string) Line {
	return until(Outcome, l.quiet(), deed(verb))
}

// quiet reports whether applicants are not told yet what happens in the present state.
func (l *life) quiet() bool {
	info := workflow.Applications().Info(l.state)
	return l.t.secret && info.ApplicantLabel == workflow.Applications().Info(workflow.Eligible).ApplicantLabel
}

// moves follows an event if it is a move, and says so in the entry.
func (l *life) moves(verb string, entry *Entry) bool {
	kind, on, _ := strings.Cut(verb, ".")
	switch kind {
	case workflow.Applications().Of():
		move, err := workflow.Applications().Step(l.state, workflow.Event(on))
		if err != nil {
			return false
		}
		from := l.state
		l.state = move.To
		entry.Way, entry.Rule = way(workflow.Applications(), from, move.To, l.quiet()), rule(move, l.quiet())
		return true
	case workflow.Awards().Of():
		move, err := workflow.Awards().Step(l.award, workflow.Event(on))
		if err != nil {
			return false
		}
		from := l.award
		l.award = move.To
		entry.Way, entry.Rule = way(workflow.Awards(), from, move.To, false), rule(move, false)
		return true
	}
	return false
}

func way[S ~string](m workflow.Machine[S], from, to S, quiet bool) Line {
	switch from {
	case to:
		return until(Outcome, quiet, "Stays “"+m.Info(to).Label+"”")
	case "":
		return until(Outcome, quiet, "“"+m.Info(to).Label+"”")
	}
	return until(Outcome, quiet, "“"+m.Info(from).Label+"” to “"+m.Info(to).Label+"”")
}

// rule says whose move it is, and what had to hold for it.
func rule[S ~string](move workflow.Move[S], quiet bool) Line {
	words := capital(move.Who)
	if len(move.Guards) > 0 {
		names := make([]string, len(move.Guards))
		for i, g := range move.Guards {
			names[i] = strings.ReplaceAll(string(g.Name), "_", " ")
		}
		words += ". Needs: " + strings.Join(names, "; ")
	}
	return until(Outcome, quiet, words)
}

// actor is who did it, as the trail has it.
func (t teller) actor(e audit.Entry) Line {
	if e.ByKind == access.Person.String() {
		return t.who(ident.Person(e.ByID))
	}
	return plain("The service (" + strings.TrimSpace(e.ByKind+" "+e.ByID) + ")")
}

func capital(words string) string {
	r := []rune(words)
	if len(r) == 0 {
		return ""
	}
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// proposed is what was done with the proposals that the application was in.
func (t teller) proposed() []Entry {
	var all []Entry
	for _, p := range t.k.proposals {
		says := t.saying(p)
		name := fmt.Sprintf("Proposal %d of the call", p.Proposal.Number)
		all = append(all, Entry{At: p.Proposal.MadeAt.UTC(), What: says(name + " was made, with this application in it"), Who: t.who(p.Proposal.MadeBy)})
		if d := p.Deviation; d != nil && d.AcceptedAt != nil {
			all = append(all, Entry{At: d.AcceptedAt.UTC(), What: says(name + ": that it departs from the published method was accepted by name"), Who: t.whoOr(d.AcceptedBy)})
		}
		if d := p.Deviation; d != nil && d.ApprovedAt != nil {
			all = append(all, Entry{At: d.ApprovedAt.UTC(), What: says(name + ": that it departs from the published method was approved by the senior officer"), Who: t.whoOr(d.ApprovedBy)})
		}
		for _, a := range t.k.decided.Approvals[p.Proposal.ID] {
			all = append(all, Entry{At: a.At.UTC(), What: says(name + ": " + stepWords(a.Step)), Who: t.who(a.Person)})
		}
	}
	return all
}

func stepWords(s decision.Step) string {
	return map[decision.Step]string{decision.First: "approved", decision.Second: "approved by a second person", decision.Return: "returned"}[s]
}

// saying is how what a proposal says is tagged. One that came to nothing is what those who decide thought of doing; one whose decision is not
// released, or is held, is to be published later.
func (t teller) saying(p allocation.Past) func(string) Line {
	if p.Proposal.State == allocation.Returned || p.Proposal.State == allocation.Void {
		return func(words string) Line { return of(Advice, words) }
	}
	released := slices.ContainsFunc(t.k.decided.Decisions, func(d decision.Decision) bool { return d.ProposalID == p.Proposal.ID && d.ReleasedAt != nil })
	return func(words string) Line { return until(Outcome, !released, words) }
}
