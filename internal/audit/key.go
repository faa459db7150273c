package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Key is the installation's Ed25519 key: it signs the heads of the chains and receipts.
type Key struct{ private ed25519.PrivateKey }

// OpenKey reads the key from a file (PKCS #8 in PEM), or makes one there if there is no such file. The file is complete or
// absent, and readable by its owner alone.
func OpenKey(path string) (Key, error) {
	data, err := os.ReadFile(path) // #nosec G304 -- the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return Key{}, fmt.Errorf("reading the installation's key: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return Key{}, fmt.Errorf("%s: holds no key in PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", path, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return Key{}, fmt.Errorf("%s: is not an Ed25519 key", path)
	}
	return Key{private}, nil
}

// makeKey links the finished file into place, so that two processes starting at once agree on one key.
func makeKey(path string) (Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("making the installation's key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, fmt.Errorf("making the installation's key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return Key{}, fmt.Errorf("making the key's folder: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return Key{}, fmt.Errorf("making the installation's key: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return Key{}, fmt.Errorf("writing the installation's key: %w", err)
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return OpenKey(path)
		}
		return Key{}, fmt.Errorf("writing the installation's key: %w", err)
	}
	return Key{private}, nil
}

// NewKey makes a key that is kept nowhere, for tests and commands that need none.
func NewKey() (Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("making a key: %w", err)
	}
	return Key{private}, nil
}

// Public is the public key in base64, as /receipts/key gives it.
func (k Key) Public() string {
	public, ok := k.private.Public().(ed25519.PublicKey)
	if !ok {
		return ""
	}
	return base64.StdEncoding.EncodeToString(public)
}

// Sign gives the signature of a text in base64.
func (k Key) Sign(text []byte) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(k.private, text))
}

// Token gives a text that says, signed by the installation, that its holder may do one thing to a subject: for links in mails that
// need no row of their own.
func (k Key) Token(purpose, subject string) string {
	sig := ed25519.Sign(k.private, []byte(purpose+"\x00"+subject))
	return subject + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// Subject gives the subject of a token that this installation signed for a purpose; false for any other text.
func (k Key) Subject(purpose, token string) (string, bool) {
	subject, signature, found := strings.Cut(token, ".")
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	public, ok := k.private.Public().(ed25519.PublicKey)
	if !found || err != nil || !ok || !ed25519.Verify(public, []byte(purpose+"\x00"+subject), sig) {
		return "", false
	}
	return subject, true
}

// Verify reports whether signature is that of the text under the public key, both in base64.
func Verify(public, signature string, text []byte) bool {
	key, err := base64.StdEncoding.DecodeString(public)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return false
	}
	sig, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && ed25519.Verify(key, text, sig)
}
