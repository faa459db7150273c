package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// CheckpointFormat is the first line of what a checkpoint signs.
const CheckpointFormat = "adoption-fund-checkpoint-1"

// Checkpoint says, signed with the installation's key, what the trail and the read log held at a moment. Somebody else keeps it: whoever
// rewrites the trail later, even with the key in hand, no longer has a trail that agrees with it.
type Checkpoint struct {
	Format     string    `json:"format"`
	Made       time.Time `json:"made"`
	Events     int64     `json:"events"`
	Digest     string    `json:"digest"` // of the last event
	Blocks     int64     `json:"read_blocks"`
	ReadDigest string    `json:"read_digest"` // of the last block
	PublicKey  string    `json:"public_key"`
	Signature  string    `json:"signature"`
}

// ErrCheckpoint is a checkpoint that cannot be one of this system, or was changed.
var ErrCheckpoint = errors.New("this is no whole checkpoint")

// Checkpoint signs what a verification found whole.
func (k Key) Checkpoint(f Finding, at time.Time) Checkpoint {
	c := Checkpoint{
		Format: CheckpointFormat, Made: at.UTC().Truncate(time.Microsecond), Events: f.Events, Digest: f.Head,
		Blocks: f.Blocks, ReadDigest: f.ReadHead, PublicKey: k.Public(),
	}
	c.Signature = k.Sign(c.text())
	return c
}

// text is what the signature covers.
func (c Checkpoint) text() []byte {
	return fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%d\n%s", c.Format, c.Made.UTC().Format(time.RFC3339Nano), c.Events, c.Digest, c.Blocks, c.ReadDigest)
}

// JSON is the checkpoint as the file that is kept elsewhere.
func (c Checkpoint) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing a checkpoint: %w", err)
	}
	return append(text, '\n'), nil
}

// ReadCheckpoint reads a checkpoint and checks its signature with the key in it. Text around the JSON, such as the mail that brought it,
// is passed over.
func ReadCheckpoint(data []byte) (Checkpoint, error) {
	var c Checkpoint
	from, to := bytes.IndexByte(data, '{'), bytes.LastIndexByte(data, '}')
	if from < 0 || to < from {
		return c, fmt.Errorf("%w: it holds no JSON object", ErrCheckpoint)
	}
	d := json.NewDecoder(bytes.NewReader(data[from : to+1]))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	switch {
	case c.Format != CheckpointFormat:
		return c, fmt.Errorf("%w: its format is %q, not %s", ErrCheckpoint, c.Format, CheckpointFormat)
	case !Verify(c.PublicKey, c.Signature, c.text()):
		return c, fmt.Errorf("%w: its signature does not fit what it says", ErrCheckpoint)
	}
	return c, nil
}

// Against says where the trail departs from a checkpoint that somebody kept; empty if it does not. public is the installation's key.
func (c Checkpoint) Against(tx *gorm.DB, public string) (string, error) {
	made := When(c.Made)
	if c.PublicKey != public {
		return fmt.Sprintf("the checkpoint of %s is signed with another key than this installation's", made), nil
	}
	e, err := At(tx, c.Events)
	if err != nil {
		return "", err
	}
	var b block
	if err := tx.Where("seq = ?", c.Blocks).Limit(1).Find(&b).Error; err != nil {
		return "", fmt.Errorf("reading block %d of the read log: %w", c.Blocks, err)
	}
	switch {
	case c.Events > 0 && e == nil:
		return fmt.Sprintf("event %d, the last one at the checkpoint of %s, is missing", c.Events, made), nil
	case c.Events > 0 && e.Digest != c.Digest:
		return fmt.Sprintf("event %d is not the one that the checkpoint of %s holds: the trail was rewritten at or before it", c.Events, made), nil
	case c.Blocks > 0 && b.Digest != c.ReadDigest:
		return fmt.Sprintf("block %d of the read log is not the one that the checkpoint of %s holds", c.Blocks, made), nil
	}
	return "", nil
}
