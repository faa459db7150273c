package decision_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// change is one thing that can change below a proposal, behind the gate.
type change struct {
	part  allocation.Part // that must be found; "" where the proposal must stand
	query string
	whole bool // it is about no application
}

func changes() []change {
	return []change{
		{allocation.PartScores, "UPDATE scores SET value = 5 - value + 0 WHERE application_id = ? AND part = 'RO1' AND source = 'reviewer'", false},
		{allocation.PartScores, "UPDATE scores SET state = 'struck' WHERE application_id = ? AND part = 'EV1' AND kind = 'clinical'", false},
		{allocation.PartScores, "UPDATE scores SET mark = 'abstain', value = NULL WHERE application_id = ? AND part = 'DT1'", false},
		{allocation.PartAmounts, "UPDATE applications SET requested = requested + 1 WHERE id = ?", false},
		{allocation.PartAmounts, "UPDATE applications SET minimum = minimum - 1 WHERE id = ?", false},
		{allocation.PartLines, "UPDATE proposal_lines SET amount = amount + 1 WHERE application_id = ?", false},
		{allocation.PartLines, "UPDATE proposal_lines SET outcome = 'not_fund' WHERE application_id = ?", false},
		{allocation.PartLines, "UPDATE proposal_lines SET score = score + 0.01 WHERE application_id = ?", false},
		{allocation.PartLimits, `UPDATE calls SET settings = REPLACE(settings, '"min_score":', '"min_score":1') WHERE id = (SELECT call_id FROM applications WHERE id = ?)`, true},
		{allocation.PartLimits, `UPDATE calls SET settings = REPLACE(settings, '"budget":0', '"budget":90000000000') WHERE id = (SELECT call_id FROM applications WHERE id = ?)`, true},
		{allocation.PartLimits, "UPDATE rounds SET budget = 100 WHERE id = (SELECT round_id FROM applications WHERE id = ?)", true},
		{allocation.PartMethod, `UPDATE calls SET settings = REPLACE(settings, '"second_above_pounds":0', '"second_above_pounds":99') WHERE id = (SELECT call_id FROM applications WHERE id = ?)`, true},
		{allocation.PartScenario, "UPDATE scenarios SET result = REPLACE(result, '25000000', '25000001') WHERE call_id = (SELECT call_id FROM applications WHERE id = ?)", true},
		{allocation.PartScenario, "UPDATE scenario_details SET asked = REPLACE(asked, 'raw', 'calibrated') WHERE id IN (SELECT s.id FROM scenarios s JOIN applications a ON a.call_id = s.call_id WHERE a.id = ?)", true},
		{"", "UPDATE applications SET state = 'withdrawn' WHERE id = ?", false},
		{"", "UPDATE proposal_lines SET dropped_at = '2026-10-20 12:00:00+00:00' WHERE application_id = ?", false},
		{"", "UPDATE proposal_lines SET dtac_status = 'not_compliant' WHERE application_id = ?", false},
		{"", "UPDATE applications SET title = 'Another title' WHERE id = ?", false},
	}
}

// errUndone takes back what was tried.
var errUndone = errors.New("undone")

// TestAnyChangeOfWhatAProposalRestsOnIsFoundAndAWithdrawalIsNone draws changes below a proposal: whatever is changed of an application that is still
// in it, or of the whole, is found in its part and by its reference; a withdrawal takes all that is about that application out.
func TestAnyChangeOfWhatAProposalRestsOnIsFoundAndAWithdrawalIsNone(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 3)
	id := b.proposed()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3).Draw(t, "changes")
		want, gone := map[allocation.Part][]string{}, []string{}
		err := b.Gate.Write(b.Operator(), func(tx *work.Tx) error {
			for range n {
				c, a := rapid.SampledFrom(changes()).Draw(t, "change"), rapid.SampledFrom(b.apps).Draw(t, "application")
				if err := tx.DB().Exec(c.query, a.ID).Error; err != nil {
					return err
				}
				switch key := string(a.Ref); {
				case c.part != "" && c.whole:
					want[c.part] = append(want[c.part], "")
				case c.part != "":
					want[c.part] = append(want[c.part], key)
				case strings.Contains(c.query, "withdrawn"), strings.Contains(c.query, "dropped"):
					gone = append(gone, key)
				}
			}
			p, err := allocation.ProposalByID(tx, id)
			if err != nil {
				return err
			}
			found, err := allocation.Check(tx, p)
			if err != nil {
				return err
			}
			compare(t, found, want, gone)
			return errUndone
		})
		if !errors.Is(err, errUndone) {
			t.Fatal(err)
		}
	})
}

// compare fails unless what was found is what was changed, of what is not gone.
func compare(t *rapid.T, found allocation.Checked, want map[allocation.Part][]string, gone []string) {
	t.Helper()
	for _, part := range allocation.Parts() {
		for _, key := range found.Changed[part] {
			if !slices.Contains(want[part], key) {
				t.Errorf("%s of %q is found, but was not changed", part, key)
			}
		}
		for _, key := range want[part] {
			if !slices.Contains(found.Changed[part], key) && (key == "" || !slices.Contains(gone, key)) && !evened(want[part], key) {
				t.Errorf("%s of %q was changed and is not found", part, key)
			}
		}
	}
}

// evened reports whether something was changed more than once, so that one change may have taken back another.
func evened(all []string, key string) bool {
	n := 0
	for _, k := range all {
		if k == key {
			n++
		}
	}
	return n > 1
}

// protectedRows are the rows of a decided call that nobody changes unnoticed, each with a change that a person with access to the database might make.
func protectedRows() map[string]string {
	return map[string]string{
		"submissions":      "UPDATE submissions SET digest = '0000000000000000000000000000000000000000000000000000000000000000' WHERE id = ?",
		"scores":           "UPDATE scores SET value = 1 WHERE id = ?",
		"scenarios":        "UPDATE scenarios SET name = 'Another' WHERE id = ?",
		"scenario_details": "UPDATE scenario_details SET note = 'Another' WHERE id = ?",
		"proposals":        "UPDATE proposals SET total = total + 1 WHERE id = ?",
		"proposal_seals":   "UPDATE proposal_seals SET content = '{}' WHERE id = ?",
		"approvals":        "UPDATE approvals SET reason = 'Another' WHERE id = ?",
		"approval_lines":   "UPDATE approval_lines SET way = 'except' WHERE id = ?",
		"decisions":        "UPDATE decisions SET amount = amount + 1 WHERE id = ?",
		"proposal_lines":   "UPDATE proposal_lines SET amount = amount + 1 WHERE proposal_id = ? AND application_id = ?",
	}
}

// TestTamperingIsFoundAndTheRowNamed changes and removes a row of each protected table of a decided call, and of the trail itself, directly in the database.
func TestTamperingIsFoundAndTheRowNamed(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	id := b.proposed()
	b.approves("approver1", id, decision.Approving{Reason: "A question to its board is open.", Hold: []ident.Ref{b.apps[0].Ref}})
	b.Unbroken()
	for table, query := range protectedRows() {
		for what, sql := range map[string]string{"changed": query, "removed": "DELETE FROM " + table + query[strings.Index(query, " WHERE"):]} {
			key := b.keyOf(table)
			values := []any{}
			for _, v := range strings.Split(key, "/") {
				values = append(values, v)
			}
			if broken := b.tampered(sql, values...); !strings.Contains(broken, table+" "+key) || !strings.Contains(broken, what) {
				t.Errorf("a row of %s was %s: the trail says %q", table, what, broken)
			}
		}
	}
	added := b.tampered("INSERT INTO approvals (id, proposal_id, step, person, reason, at) SELECT ?, proposal_id, 'second', person, reason, at FROM approvals", ident.New[string]())
	if !strings.Contains(added, "approvals") || !strings.Contains(added, "added") {
		t.Errorf("an added approval: %q", added)
	}
	for what, sql := range map[string]string{
		"was changed":   "UPDATE audit_events SET subject = 'x' WHERE seq = 9",
		"missing":       "DELETE FROM audit_events WHERE seq = 9",
		"the last ones": "DELETE FROM audit_events WHERE seq = (SELECT MAX(seq) FROM audit_events)",
	} {
		if broken := b.tampered(sql); !strings.Contains(broken, what) {
			t.Errorf("%s: the trail says %q", sql, broken)
		}
	}
	b.Unbroken()
}

// keyOf is the key of a row of a protected table.
func (b *board) keyOf(table string) string {
	b.t.Helper()
	column := map[bool]string{true: "id", false: "proposal_id || '/' || application_id"}[table != "proposal_lines"]
	var key string
	b.no(b.DB.Read.Raw("SELECT " + column + " FROM " + table + " ORDER BY 1 LIMIT 1").Scan(&key).Error)
	if key == "" {
		b.t.Fatalf("there is no row in %s", table)
	}
	return key
}

// tampered says what verification finds after a change behind the gate, which is taken back afterwards.
func (b *board) tampered(query string, args ...any) string {
	b.t.Helper()
	tx := b.DB.Write.Begin()
	b.no(tx.Error)
	defer tx.Rollback()
	if b.DB.Write.Name() == "sqlite" {
		b.no(tx.Exec("PRAGMA defer_foreign_keys = ON").Error)
	} else {
		b.no(tx.Exec("SET LOCAL session_replication_role = replica").Error)
	}
	done := tx.Exec(query, args...)
	b.no(done.Error)
	if done.RowsAffected == 0 {
		b.t.Fatalf("nothing was changed by %s", query)
	}
	f, err := audit.Inspect(tx, b.Gate.PublicKey())
	b.no(err)
	return f.Break
}

func TestAProposalWithoutSealsIsNoBasisForAnApproval(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 1)
	id := b.proposed()
	b.behind("DELETE FROM proposal_seals WHERE proposal_id = ?", id)
	if err := b.decisions.Approve(b.As("approver1"), id, decision.Approving{}); err == nil {
		t.Error("it is approved")
	}
	b.voided(id, testkit.Chair)
	if p := b.proposal(id); !strings.Contains(p.VoidWhy, "the scores") {
		t.Errorf("void because %q", p.VoidWhy)
	}
}

func TestWhoIsRecusedFromOneApplicationIsRecusedFromItsProposalUntilItIsWithdrawn(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	b.Relate(b.apps[0], b.Person("recused", "approver", access.Scope{Round: b.Round().ID}).ID, application.Recused)
	id := b.proposed()
	b.refused("recused", id, b.decisions.Approve(b.As("recused"), id, decision.Approving{}))
	b.no(b.Applications.Withdraw(b.As(testkit.Applicant), b.apps[0].Ref, "Other money was found."))
	b.approves("recused", id, decision.Approving{})
}
