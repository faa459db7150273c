package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"
)

// Reading is one look at personal or scored data: one for each page or export, with its references.
type Reading struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	What     string    `json:"what"`
	Subjects []string  `json:"subjects,omitempty"`
}

// block is a batch of readings as kept.
type block struct {
	Seq     int64 `gorm:"primaryKey;autoIncrement:false"`
	At      time.Time
	Entries string
	Prev    string
	Digest  string
}

func (block) TableName() string { return "read_blocks" }

func (b block) compute() string {
	return digest([]any{b.Seq, b.At.UTC().Format(time.RFC3339Nano), b.Entries, b.Prev})
}

// ReadLog collects readings after the reply was sent and writes them in blocks.
type ReadLog struct {
	db  *gorm.DB
	key Key

	mu      sync.Mutex
	pending []Reading
}

// NewReadLog makes a log that writes to db.
func NewReadLog(db *gorm.DB, key Key) *ReadLog { return &ReadLog{db: db, key: key} }

// Add keeps a reading for the next block.
func (l *ReadLog) Add(r Reading) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, r)
}

// Flush writes what is waiting as one block; on an error it stays waiting.
func (l *ReadLog) Flush(ctx context.Context, at time.Time) error {
	l.mu.Lock()
	waiting := l.pending
	l.pending = nil
	l.mu.Unlock()
	if len(waiting) == 0 {
		return nil
	}
	if err := l.write(ctx, at, waiting); err != nil {
		l.mu.Lock()
		l.pending = append(waiting, l.pending...)
		l.mu.Unlock()
		return err
	}
	return nil
}

func (l *ReadLog) write(ctx context.Context, at time.Time, waiting []Reading) error {
	text, err := json.Marshal(waiting)
	if err != nil {
		return fmt.Errorf("writing the read log: %w", err)
	}
	at = at.UTC().Truncate(time.Microsecond)
	err = l.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		h, err := lockHead(tx, reads)
		if err != nil {
			return err
		}
		b := block{Seq: h.Seq + 1, At: at, Entries: string(text), Prev: h.Digest}
		b.Digest = b.compute()
		if err := tx.Create(&b).Error; err != nil {
			return fmt.Errorf("appending a block: %w", err)
		}
		h.Seq, h.Digest = b.Seq, b.Digest
		return saveHead(tx, l.key, h, at)
	})
	if err != nil {
		return fmt.Errorf("writing the read log: %w", err)
	}
	return nil
}

// Readings gives who read something of a kind about a subject since a moment, the newest first, at most n. What was read in the last moments may
// not be in the log yet.
func Readings(tx *gorm.DB, what, subject string, since time.Time, n int) ([]Reading, error) {
	quoted, err := json.Marshal(what)
	if err != nil {
		return nil, fmt.Errorf("looking for readings: %w", err)
	}
	var blocks []block
	err = tx.Where("at >= ? AND entries LIKE ?", since, "%"+string(quoted)+"%").Order("seq DESC").Limit(1000).Find(&blocks).Error
	if err != nil {
		return nil, fmt.Errorf("looking for readings: %w", err)
	}
	var found []Reading
	for _, b := range blocks {
		var all []Reading
		if err := json.Unmarshal([]byte(b.Entries), &all); err != nil {
			return nil, fmt.Errorf("reading block %d of the read log: %w", b.Seq, err)
		}
		for _, r := range slices.Backward(all) {
			if r.What == what && slices.Contains(r.Subjects, subject) && len(found) < n {
				found = append(found, r)
			}
		}
	}
	return found, nil
}
