package audit

import (
	"encoding/json"
	"fmt"
)

// The verbs of the events with which data past its period is removed: an approval of a list, whose subject the list is, and what was done
// of it, one event for each item. Both carry the digest of the list. The actions of the same names need them.
const (
	RemovalApproved = "retention.approve"
	RemovalDone     = "retention.remove"
)

// DecisionsTakenBack is the verb of the event with which decisions are taken back that were not released yet, since their proposal is void or was
// returned: the one deed besides an approved list that removes protected rows.
const DecisionsTakenBack = "decision.take_back"

// RemovalFacts are what both events say of the list.
type RemovalFacts struct {
	List   string `json:"list"`
	Digest string `json:"digest"`
}

// removals are the lists that the trail has approved so far, with their digests.
type removals map[string]string

// wrong says what is wrong with an entry as far as it removes: that no list that was approved before covers it, or that a protected row
// goes without such a list. was are the digests of protected rows before the entry, rows those that it carries.
func (r removals) wrong(e Entry, was map[Row]string, rows []guardedRow) (string, error) {
	var f RemovalFacts
	if e.Verb == RemovalApproved || e.Verb == RemovalDone {
		if err := json.Unmarshal([]byte(e.Facts), &f); err != nil {
			return "", fmt.Errorf("event %d: %w", e.Seq, err)
		}
	}
	switch e.Verb {
	case RemovalApproved:
		r[e.Subject] = f.Digest
		return "", nil
	case RemovalDone:
		if approved, there := r[f.List]; !there || approved != f.Digest {
			return fmt.Sprintf("event %d removed data of %s %s, which no approved list covers", e.Seq, e.Kind, e.Subject), nil
		}
		return "", nil
	}
	for _, row := range rows {
		if row.Digest == "" && was[row.Row] != "" && (e.Verb != DecisionsTakenBack || row.Table != "decisions") {
			return fmt.Sprintf("event %d (%s) removed %s %s, which only an approved list may", e.Seq, e.Verb, row.Table, row.Key), nil
		}
	}
	return "", nil
}
