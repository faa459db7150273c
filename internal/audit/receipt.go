package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Receipt says that a submission arrived: what, when, its digest, and where the trail holds it. Whoever has it and the
// installation's public key can check it offline.
type Receipt struct {
	Format      string    `json:"format"`
	Service     string    `json:"service"`
	Application string    `json:"application"`
	Call        string    `json:"call"`
	Arrived     time.Time `json:"arrived"`
	Digest      string    `json:"digest"`
	Replaces    string    `json:"replaces,omitempty"`
	Position    int64     `json:"position"`
	Entry       string    `json:"entry"`
	PublicKey   string    `json:"public_key"`
	Signature   string    `json:"signature"`
}

const receiptFormat = "adoption-fund-receipt-1"

// Issue fills in what the trail and the key give, and signs.
func (k Key) Issue(r Receipt, e Entry) Receipt {
	r.Format, r.Position, r.Entry, r.PublicKey = receiptFormat, e.Seq, e.Digest, k.Public()
	r.Arrived = r.Arrived.UTC()
	r.Signature = k.Sign(r.text())
	return r
}

// text is what the signature covers: the JSON of everything else, in the order of the fields.
func (r Receipt) text() []byte {
	r.Signature = ""
	text, err := json.Marshal(r)
	if err != nil {
		panic("audit: a receipt without JSON: " + err.Error()) // only texts, numbers and a time
	}
	return text
}

// ReadReceipt reads a receipt and checks its signature with the key it names. Whether that key is the installation's is for
// the caller to compare with what /receipts/key gives.
func ReadReceipt(data []byte) (Receipt, error) {
	var r Receipt
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("this is not a receipt: %w", err)
	}
	if r.Format != receiptFormat {
		return r, fmt.Errorf("this is not a receipt of this service: its format is %q", r.Format)
	}
	if !Verify(r.PublicKey, r.Signature, r.text()) {
		return r, errors.New("the signature does not fit: the receipt was changed, or was not issued with the key it names")
	}
	return r, nil
}
