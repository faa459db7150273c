// Package notify is the outbox of mail: messages from a catalogue, written in the transaction of the change they tell of, sent
// by a job. It owns the texts and the sending. It leaves to the concepts when a message is due and to whom.
package notify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/jobs"
)

// Kind names a message of the catalogue.
type Kind string

// Message is one mail to be written: what kind, to whom, for which event, with what filled in.
type Message struct {
	Kind    Kind
	Person  ident.Person // empty for an address without an account
	Address string
	Key     string // the event: nobody gets two mails of one kind for one event
	Fields  map[string]string
	Stop    string // the address at which the person turns mails of this class off; empty for those that are needed
}

// MailID identifies a mail.
type MailID string

// Mail is a message as written.
type Mail struct {
	ID        MailID
	Dedupe    string
	Kind      Kind
	Person    *ident.Person
	Address   string
	Subject   string
	Body      string
	CreatedAt time.Time
	SentAt    *time.Time
	Stop      string // where the person turns such mails off; named in the mail's headers
}

// SendJob is the kind of the job that sends a mail; its payload is the mail's id.
const SendJob = "mail.send"

// Catalogue is the texts of all messages.
type Catalogue struct {
	messages map[Kind]message
	constant map[string]string
}

type message struct {
	class         Class
	subject, body *template.Template
}

// Class says whether somebody can turn a message off.
type Class string

// The classes. A message whose entry names none is needed: to sign, an outcome, a question, what concerns the account.
const (
	Needed   Class = ""
	Reminder Class = "reminder"
	News     Class = "news"
)

// entry is a message in the file: what it is for, the fields that its text may use, the texts.
type entry struct {
	About   string   `yaml:"about"`
	Class   Class    `yaml:"class"`
	Fields  []string `yaml:"fields"`
	Subject string   `yaml:"subject"`
	Body    string   `yaml:"body"`
}

// Load reads the catalogue from the files that match a pattern. constant are the fields that every message may use, such as
// the service's name. A text that uses a field which its entry does not list is refused, and so is a message that stands twice.
func Load(files fs.FS, pattern string, constant map[string]string) (*Catalogue, error) {
	paths, err := fs.Glob(files, pattern)
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("finding the messages %s: %w", pattern, errors.Join(err, fs.ErrNotExist))
	}
	c := &Catalogue{messages: map[Kind]message{}, constant: constant}
	for _, path := range paths {
		if err := c.read(files, path); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return c, nil
}

func (c *Catalogue) read(files fs.FS, path string) error {
	data, err := fs.ReadFile(files, path)
	if err != nil {
		return fmt.Errorf("reading the messages: %w", err)
	}
	var entries map[Kind]entry
	if err := yaml.UnmarshalWithOptions(data, &entries, yaml.Strict()); err != nil {
		return errors.New(yaml.FormatError(err, false, false))
	}
	for _, kind := range slices.Sorted(maps.Keys(entries)) {
		if _, twice := c.messages[kind]; twice {
			return fmt.Errorf("the message %s is there twice", kind)
		}
		m, err := c.compile(kind, entries[kind])
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		c.messages[kind] = m
	}
	return nil
}

func (c *Catalogue) compile(kind Kind, e entry) (message, error) {
	parse := func(part, text string) (*template.Template, error) {
		t, err := template.New(string(kind) + " " + part).Option("missingkey=error").Parse(text)
		if err != nil {
			return nil, fmt.Errorf("reading the text: %w", err)
		}
		sample := maps.Clone(c.constant)
		for _, f := range e.Fields {
			sample[f] = "sample"
		}
		if err := t.Execute(&bytes.Buffer{}, sample); err != nil {
			return nil, fmt.Errorf("trying the text: %w", err)
		}
		return t, nil
	}
	subject, err := parse("subject", e.Subject)
	if err != nil {
		return message{}, err
	}
	if e.Class != Needed && e.Class != Reminder && e.Class != News {
		return message{}, fmt.Errorf("there is no class %q", e.Class)
	}
	body, err := parse("body", e.Body)
	return message{e.Class, subject, body}, err
}

// Kinds are the messages of the catalogue, sorted.
func (c *Catalogue) Kinds() []Kind { return slices.Sorted(maps.Keys(c.messages)) }

// Render fills in a message.
func (c *Catalogue) Render(m Message) (subject, body string, err error) {
	texts, ok := c.messages[m.Kind]
	if !ok {
		return "", "", fmt.Errorf("there is no message %q in the catalogue", m.Kind)
	}
	fields := maps.Clone(c.constant)
	maps.Copy(fields, m.Fields)
	var s, b strings.Builder
	if err := texts.subject.Execute(&s, fields); err != nil {
		return "", "", fmt.Errorf("filling in the subject of %s: %w", m.Kind, err)
	}
	if err := texts.body.Execute(&b, fields); err != nil {
		return "", "", fmt.Errorf("filling in %s: %w", m.Kind, err)
	}
	return strings.Join(strings.Fields(s.String()), " "), b.String(), nil
}

// Write puts the message into the outbox, in the transaction of the change. A second one for the same event and address
// is not kept, nor one of a class that the person turned off: this is the one place where that is looked at.
func (c *Catalogue) Write(tx *gorm.DB, now time.Time, m Message) error {
	subject, body, err := c.Render(m)
	if err != nil {
		return err
	}
	wanted, err := c.wanted(tx, m)
	if err != nil || !wanted {
		return err
	}
	if m.Stop != "" {
		body += "\nYou do not want such emails? Turn them off: " + m.Stop + "\n"
	}
	mail := Mail{
		ID: ident.New[MailID](), Dedupe: string(m.Kind) + ":" + m.Key + ":" + strings.ToLower(m.Address), Kind: m.Kind,
		Address: m.Address, Subject: subject, Body: body, CreatedAt: now, Stop: m.Stop,
	}
	if m.Person != "" {
		mail.Person = &m.Person
	}
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&mail)
	if done.Error != nil {
		return fmt.Errorf("writing a mail: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return nil
	}
	return jobs.Add(tx, SendJob, string(mail.ID), string(mail.ID), now)
}

// Recent gives the mails written before one (empty: the latest), newest first, at most n: the demonstration's mailbox.
func Recent(tx *gorm.DB, address string, before MailID, n int) ([]Mail, error) {
	q := tx.Order("id DESC").Limit(n)
	if address != "" {
		q = q.Where("address = ?", strings.ToLower(address))
	}
	if before != "" {
		q = q.Where("id < ?", before)
	}
	var mails []Mail
	if err := q.Find(&mails).Error; err != nil {
		return nil, fmt.Errorf("listing mail: %w", err)
	}
	return mails, nil
}
