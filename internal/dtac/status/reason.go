package status

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/form"
)

// reason says in plain words why a question stands where it does.
func (e *evaluation) reason(q *form.Question, i Item) string {
	a := e.assessments[q.Code]
	switch i.State {
	case NotAsked:
		return notAsked(q)
	case Waived:
		if a.Result != DecidedWaived {
			return because("The whole section is waived", e.assessments[q.Section].Reason)
		}
		return because("Waived by an assessor", a.Reason)
	case ActionNeeded:
		return actionNeeded(a)
	case Unanswered:
		return "There is no answer, and no evidence is attached"
	case Expired:
		return e.expiredReason(q)
	case Stale:
		return e.staleReason(q)
	case NotAssessedYet:
		return "Answer and evidence reach the minimum; no assessor has decided yet"
	case Pass:
		return because("Answer and evidence reach the minimum, and an assessor has passed it", a.Reason)
	case Fail:
	}
	if i.Mechanical == Pass {
		return because("An assessor has failed it", a.Reason)
	}
	return e.shortfall(q)
}

func because(words, reason string) string {
	if reason == "" {
		return words
	}
	return words + ": " + reason
}

func notAsked(q *form.Question) string {
	triggers := q.Triggers()
	if len(triggers) == 0 {
		return "Optional, and not answered"
	}
	return "Not asked, because of what was answered to " + codes(triggers)
}

func codes(list []form.Code) string {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = string(c)
	}
	return strings.Join(texts, ", ")
}

func actionNeeded(a Assessment) string {
	words := because("Action needed", a.Reason)
	if a.Action == (Action{}) {
		return words + "; no action is agreed"
	}
	if a.Action.What != "" {
		words += "; to do: " + a.Action.What
	}
	owner, due := a.Action.Owner, a.Action.Due.String()
	if owner == "" {
		owner = "nobody yet"
	}
	if due == "" {
		due = "no date yet"
	}
	return fmt.Sprintf("%s; owner: %s; due: %s", words, owner, due)
}

// expiredReason names the last day of the evidence that would make the question pass.
func (e *evaluation) expiredReason(q *form.Question) string {
	var last form.Date
	for _, i := range e.evidence[q.Code] {
		if e.expired(q, i) && !IsStale(q, i, e.ret.Product) {
			last = max(last, Expiry(q, i))
		}
	}
	if last == "" {
		return "The evidence has expired"
	}
	return fmt.Sprintf("The evidence expired on %s", last)
}

func (e *evaluation) staleReason(q *form.Question) string {
	var versions []string
	for _, i := range e.evidence[q.Code] {
		if IsStale(q, i, e.ret.Product) && !slices.Contains(versions, i.ProductVersion) {
			versions = append(versions, i.ProductVersion)
		}
	}
	return fmt.Sprintf("The evidence is about version %s, and has not been confirmed for version %s",
		strings.Join(versions, ", "), e.ret.Product.Version)
}

// shortfall says what is missing from the minimum.
func (e *evaluation) shortfall(q *form.Question) string {
	if len(q.Evidence.Kinds) > 0 && q.Evidence.Required {
		counted := e.counting(current)
		var missing []string
		for _, k := range q.Evidence.Kinds {
			if !counted(q.Code, k) {
				missing = append(missing, strings.ReplaceAll(k, "_", " "))
			}
		}
		switch {
		case q.Evidence.MatchAll && len(missing) > 0:
			return "Evidence is missing that counts today: " + strings.Join(missing, ", ")
		case len(missing) == len(q.Evidence.Kinds):
			return "Evidence is missing that counts today: " + strings.Join(missing, " or ")
		}
	}
	if text := form.Display(q, e.ret.Answers[q.Code]); text != "" && len(q.Options) > 0 {
		return fmt.Sprintf("The answer “%s” does not reach the minimum", text)
	}
	return "Answer and evidence do not reach the minimum"
}
