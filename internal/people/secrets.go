package people

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"adoptionfund/internal/audit"
)

// newToken makes a secret of 256 bits for a cookie or a link.
func newToken() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	return base64.RawURLEncoding.EncodeToString(secret)
}

// hasher makes and checks password hashes, at most two at once, since each takes 19 MiB.
type hasher struct {
	places chan struct{}
	dummy  string // checked where there is no such person, so that the time tells nothing
	params argon2id.Params
}

// newHasher: 19 MiB, two passes, one thread [OWASP password storage].
func newHasher() (*hasher, error) {
	h := &hasher{places: make(chan struct{}, 2), params: argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}}
	dummy, err := argon2id.CreateHash(newToken(), &h.params)
	if err != nil {
		return nil, fmt.Errorf("preparing passwords: %w", err)
	}
	h.dummy = dummy
	return h, nil
}

func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting to check a password: %w", ctx.Err())
	}
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.places }()
	hash, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fmt.Errorf("hashing a password: %w", err)
	}
	return hash, nil
}

// fits reports whether the password is that of the hash; it takes as long where there is no hash.
func (h *hasher) fits(ctx context.Context, password, hash string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.places }()
	against := hash
	if against == "" {
		against = h.dummy
	}
	ok, err := argon2id.ComparePasswordAndHash(password, against)
	if err != nil {
		return false, fmt.Errorf("checking a password: %w", err)
	}
	return ok && hash != "", nil
}

const codePeriod = 30 // seconds

// codeStep gives the step in time of a one-time code that is right now, or one step off, and later than the last one used.
func codeStep(secret, code string, now time.Time, last int64) (int64, bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	step := now.Unix() / codePeriod
	for _, s := range []int64{step, step - 1, step + 1} {
		options := totp.ValidateOpts{Period: codePeriod, Skew: 0, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
		ok, err := totp.ValidateCustom(code, secret, time.Unix(s*codePeriod, 0), options)
		if err == nil && ok && s > last {
			return s, true
		}
	}
	return 0, false
}

// newFactor makes the secret of one-time codes.
func newFactor(service, email string) (string, error) {
	key, err := totp.Generate(factorOptions(service, email, nil))
	if err != nil {
		return "", fmt.Errorf("making one-time codes: %w", err)
	}
	return key.Secret(), nil
}

// factorAddress makes the address with which an app is set up: otpauth://….
func factorAddress(service, email, secret string) (string, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("reading the secret of one-time codes: %w", err)
	}
	key, err := totp.Generate(factorOptions(service, email, raw))
	if err != nil {
		return "", fmt.Errorf("making one-time codes: %w", err)
	}
	return key.URL(), nil
}

func factorOptions(service, email string, secret []byte) totp.GenerateOpts {
	return totp.GenerateOpts{Issuer: service, AccountName: email, Period: codePeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1, Secret: secret}
}

const recoveryCodes = 10

// newRecoveryCodes makes codes such as "abcd-efgh-ijkl" and their digests.
func newRecoveryCodes() (codes, digests []string) {
	for range recoveryCodes {
		raw := make([]byte, 10)
		_, _ = rand.Read(raw) // never fails
		text := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))[:12]
		code := text[:4] + "-" + text[4:8] + "-" + text[8:]
		codes, digests = append(codes, code), append(digests, recoveryDigest(code))
	}
	return codes, digests
}

func recoveryDigest(code string) string {
	return audit.Digest([]byte(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(code), "-", ""))))
}
