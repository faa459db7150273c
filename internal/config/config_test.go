package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adoptionfund/internal/config"
)

func defaults(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("../../configs/adoptionfund.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheDefaultsRunAsTheyAre(t *testing.T) {
	t.Parallel()
	c, err := config.Load(defaults(t), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL != "sqlite://data/adoptionfund.db" || c.Address != "127.0.0.1:8080" || c.Dialect() != "sqlite" || c.Public() != "http://127.0.0.1:8080" {
		t.Errorf("%+v", c)
	}
}

func TestTheLastWordWins(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "fund.yaml")
	if err := os.WriteFile(file, []byte("address: 127.0.0.1:1\nservice: {name: From the file}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(defaults(t), file, []string{"ADOPTIONFUND_ADDRESS=127.0.0.1:2", "ADOPTIONFUND_ACCOUNTS_SESSION_LIFETIME=1h", "HOME=/x"}, map[string]string{"address": "127.0.0.1:3"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Address != "127.0.0.1:3" || c.Service.Name != "From the file" || c.Accounts.SessionLifetime.Hours() != 1 || c.Service.MailFrom == "" {
		t.Errorf("%+v", c)
	}
}

func TestAllProblemsAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Load(defaults(t), "", []string{
		"ADOPTIONFUND_DATABASE_URL=mysql://x", "ADOPTIONFUND_ADRESS=127.0.0.1:1", "ADOPTIONFUND_CLOCK_EVERY=soon", "ADOPTIONFUND_STORAGE_URL=s3://bucket",
		"ADOPTIONFUND_LIMITS_BURST=many", "ADOPTIONFUND_ACCOUNTS_SECOND_FACTOR=perhaps", "ADOPTIONFUND_LIMITS_REQUESTS_PER_SECOND=x",
	}, map[string]string{"colour": "red"})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"database_url", "ADOPTIONFUND_ADRESS", "ADOPTIONFUND_CLOCK_EVERY", "s3_secret", "ADOPTIONFUND_LIMITS_BURST", "SECOND_FACTOR", "PER_SECOND", "--colour"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not named in:\n%v", key, err)
		}
	}
}

func TestAnUnknownKeyInTheFileIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "fund.yaml")
	if err := os.WriteFile(file, []byte("address: 127.0.0.1:1\n\ncolour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(defaults(t), file, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "colour") || !strings.Contains(err.Error(), "3:1") {
		t.Error(err)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	c, err := config.Load(defaults(t), "", []string{"ADOPTIONFUND_S3_SECRET=hunter2", "ADOPTIONFUND_SMTP_URL=smtp://u:hunter2@h:25"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.YAML()
	if err != nil || strings.Contains(string(text), "hunter2") {
		t.Errorf("%v %s", err, text)
	}
}
