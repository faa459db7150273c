// Package audit keeps the trail of what happened: events chained by digest, the end of the chain signed, digests of the rows
// that must not change behind the gate; and, chained by block, the log of what people read. It owns the installation's
// key and the receipts signed with it. It leaves to work when events are appended, and to the concepts what they say.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"adoptionfund/internal/ident"
)

// Event is one thing that happened to one subject. Facts carry no personal text: digests stand for it.
type Event struct {
	Verb        string // what was done, an action or a workflow's event: "application.submit"
	Kind        string // the kind of the subject: "application"
	Subject     string // its id
	Round       ident.Round
	Call        ident.Call
	Application ident.Application
	Facts       map[string]any
	Guards      []Row // protected rows as they stand when the transaction commits
}

// Row names a protected row. Deleted rows are named too: their digest is empty.
type Row struct {
	Table string `json:"table"`
	Key   string `json:"key"`
}

// Actor is who did it.
type Actor struct {
	Kind string // person, operator or job
	ID   string
}

// Entry is an event as kept, sealed by the digest of its predecessor.
type Entry struct {
	Seq         int64 `gorm:"primaryKey;autoIncrement:false"`
	At          time.Time
	ByKind      string
	ByID        string
	Verb        string
	Kind        string
	Subject     string
	Round       string
	Call        string
	Application string
	Facts       string
	Guarded     string
	Prev        string
	Digest      string
}

// TableName is the table of the trail.
func (Entry) TableName() string { return "audit_events" }

// head is the signed end of a chain.
type head struct {
	Chain     string `gorm:"primaryKey"`
	Seq       int64
	Digest    string
	At        time.Time
	Signature string
}

func (head) TableName() string { return "audit_heads" }

const (
	events = "events"
	reads  = "reads"
)

// advisoryLock serialises appends on PostgreSQL; SQLite has one writer anyway.
const advisoryLock = 7_214_001

// Append seals the events after the last entry and signs the new end. It must be the last thing in the transaction of the
// change, since it holds the lock of the chain until the commit.
func Append(tx *gorm.DB, key Key, at time.Time, by Actor, added []Event) ([]Entry, error) {
	h, err := lockHead(tx, events)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(added))
	for _, e := range added {
		entry, err := seal(tx, h, at, by, e)
		if err != nil {
			return nil, err
		}
		h.Seq, h.Digest = entry.Seq, entry.Digest
		entries = append(entries, entry)
	}
	if err := tx.CreateInBatches(&entries, 100).Error; err != nil {
		return nil, fmt.Errorf("appending to the audit trail: %w", err)
	}
	return entries, saveHead(tx, key, h, at)
}

// seal makes the entry of one event: its facts and protected rows, and the digest over it and its predecessor's.
func seal(tx *gorm.DB, h head, at time.Time, by Actor, e Event) (Entry, error) {
	if e.Facts == nil {
		e.Facts = map[string]any{}
	}
	facts, err := json.Marshal(e.Facts)
	if err != nil {
		return Entry{}, fmt.Errorf("recording %s: %w", e.Verb, err)
	}
	guarded := make([]guardedRow, 0, len(e.Guards))
	for _, row := range e.Guards {
		digest, err := digestRow(tx, row)
		if err != nil {
			return Entry{}, err
		}
		guarded = append(guarded, guardedRow{row, digest})
	}
	rows, err := json.Marshal(guarded)
	if err != nil {
		return Entry{}, fmt.Errorf("recording %s: %w", e.Verb, err)
	}
	entry := Entry{
		Seq: h.Seq + 1, At: at, ByKind: by.Kind, ByID: by.ID, Verb: e.Verb, Kind: e.Kind, Subject: e.Subject,
		Round: string(e.Round), Call: string(e.Call), Application: string(e.Application), Facts: string(facts), Guarded: string(rows), Prev: h.Digest,
	}
	entry.Digest = entry.compute()
	return entry, nil
}

// compute is the digest of everything in the entry but the digest itself: SHA-256 over the JSON list of its fields.
func (e Entry) compute() string {
	return digest([]any{
		e.Seq, e.At.UTC().Format(time.RFC3339Nano), e.ByKind, e.ByID, e.Verb, e.Kind, e.Subject,
		e.Round, e.Call, e.Application, e.Facts, e.Guarded, e.Prev,
	})
}

func digest(fields []any) string {
	text, err := json.Marshal(fields)
	if err != nil {
		panic("audit: fields that have no JSON: " + err.Error()) // only texts and numbers are passed
	}
	return Digest(text)
}

// Digest is SHA-256 in hexadecimal, the one digest of this program.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func lockHead(tx *gorm.DB, chain string) (head, error) {
	if tx.Name() == "postgres" {
		if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", advisoryLock).Error; err != nil {
			return head{}, fmt.Errorf("waiting for the audit trail: %w", err)
		}
	}
	h := head{Chain: chain}
	if err := tx.Where("chain = ?", chain).Limit(1).Find(&h).Error; err != nil {
		return head{}, fmt.Errorf("reading the end of the audit trail: %w", err)
	}
	return h, nil
}

func saveHead(tx *gorm.DB, key Key, h head, at time.Time) error {
	h.At = at
	h.Signature = key.Sign(h.text())
	err := tx.Exec(`INSERT INTO audit_heads (chain, seq, digest, at, signature) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, digest = excluded.digest, at = excluded.at, signature = excluded.signature`,
		h.Chain, h.Seq, h.Digest, h.At, h.Signature).Error
	if err != nil {
		return fmt.Errorf("signing the end of the audit trail: %w", err)
	}
	return nil
}

// text is what the signature covers.
func (h head) text() []byte {
	return []byte(fmt.Sprintf("adoption-fund-chain-1\n%s\n%d\n%s\n%s", h.Chain, h.Seq, h.Digest, h.At.UTC().Format(time.RFC3339Nano)))
}

// Sound reports whether the digest of an entry is that of what it says.
func (e Entry) Sound() bool { return e.Digest == e.compute() }
