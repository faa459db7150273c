package review

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Post is something that somebody wrote in the discussion of an application. It is never edited; its writer can take it back.
type Post struct {
	ID            string
	ApplicationID ident.Application
	Answers       *string // the post that began the thread; nil: it begins one
	Person        ident.Person
	Part          string // of the rubric that it is about, or empty
	Text          string
	At            time.Time
	WithdrawnAt   *time.Time
	WithdrawnWhy  string
	Version       int
}

// TableName is the table of posts.
func (Post) TableName() string { return "moderation_posts" }

// Thread is a post with the answers to it, the oldest first.
type Thread struct {
	Written

	Answers []Written
}

// Written is a post as it is shown. The text of one that was taken back is left out.
type Written struct {
	Post

	Who  string
	Mine bool // the one who looks wrote it, and can take it back
}

func threads(posts []Post, v voices, reader ident.Person) []Thread {
	var all []Thread
	at := map[string]int{}
	for _, p := range posts {
		w := Written{Post: p, Who: v.names[p.Person], Mine: p.Person == reader && p.WithdrawnAt == nil}
		if p.WithdrawnAt != nil {
			w.Text = ""
		}
		if p.Answers == nil {
			at[p.ID] = len(all)
			all = append(all, Thread{Written: w})
		} else if i, there := at[*p.Answers]; there {
			all[i].Answers = append(all[i].Answers, w)
		}
	}
	return all
}

// Writing is a post as it is typed.
type Writing struct {
	Answers string // the id of a post; empty: a new thread
	Part    string
	Text    string
}

// Write adds a post to the discussion of an application in moderation. Whoever takes part and is named in it with an @ gets a mail that says
// that there is something to read, and not what.
func (s *Service) Write(ctx context.Context, ref ident.Ref, in Writing) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := discussable(tx, ref, access.DiscussModeration)
		if err != nil {
			return err
		}
		if a.State != workflow.Moderation {
			return fault.Stale(struct{}{}, "The moderation of %s has ended. Your post was not kept: it still stands below", a.Ref)
		}
		p, err := s.post(tx, a, in)
		if err != nil {
			return err
		}
		if err := work.Add(tx, p); err != nil {
			return err
		}
		tx.Record(application.Event(a, string(access.DiscussModeration), map[string]any{"post": p.ID, "part": p.Part, "digest": audit.Digest([]byte(p.Text))}))
		return s.mention(tx, a, p)
	})
}

// post makes the post of what was typed. An answer to an answer goes into the same thread.
func (s *Service) post(tx *work.Tx, a *application.Application, in Writing) (*Post, error) {
	p := &Post{ID: ident.New[string](), ApplicationID: a.ID, Person: tx.By.ID, Part: in.Part, Text: tidy(in.Text), At: tx.Now, Version: 1}
	field := "text"
	if in.Answers != "" {
		field = "answer-" + in.Answers
		to, err := postOf(tx, a.ID, in.Answers)
		if err != nil {
			return nil, err
		}
		if p.Answers, p.Part = &to.ID, to.Part; to.Answers != nil {
			p.Answers = to.Answers
		}
	} else if err := s.knownPart(a, in.Part); err != nil {
		return nil, err
	}
	switch n := form.Characters(p.Text); {
	case n == 0:
		return nil, fault.Fields(fault.Problems{field: "Enter what you want to say"})
	case n > longestText:
		return nil, fault.Fields(fault.Problems{field: "What you say must be 5,000 characters or fewer"})
	}
	return p, nil
}

func (s *Service) knownPart(a *application.Application, part string) error {
	r, err := s.rubric(a.Call())
	if err != nil || part == "" {
		return err
	}
	for _, p := range r.Parts {
		if string(p.Code) == part {
			return nil
		}
	}
	return fault.Fields(fault.Problems{"part": "Select a part of the rubric"})
}

// mention tells those who are named in a post, each once, and not its writer.
func (s *Service) mention(tx *work.Tx, a *application.Application, p *Post) error {
	reviews, err := submittedOf(tx, a.ID)
	if err != nil {
		return err
	}
	v, err := s.voices(tx, a, reviews)
	if err != nil {
		return err
	}
	for _, who := range v.taking {
		if who.ID == tx.By.ID || !mentions(p.Text, v.names[who.ID]) {
			continue
		}
		if err := tellMentioned(tx, a, p, who); err != nil {
			return err
		}
	}
	return nil
}

func tellMentioned(tx *work.Tx, a *application.Application, p *Post, who people.Person) error {
	fields := fund.Fields(a.Call())
	fields["name"], fields["ref"], fields["address"] = who.Name, string(a.Ref), "/panel/"+string(a.Call().Ref)+"/moderation/"+string(a.Ref)
	if has(a, application.Reviewed, who.ID) {
		fields["address"] = "/reviews/" + string(a.Ref) + "/moderation"
	}
	return tx.Notify(notify.Message{Kind: "moderation_mention", Person: who.ID, Address: who.Email, Key: p.ID, Fields: fields})
}

// mentions reports whether a text names somebody with an @: the whole name, however its letters are written.
func mentions(text, name string) bool {
	text, name = strings.ToLower(text), "@"+strings.ToLower(name)
	if name == "@" {
		return false
	}
	for {
		at := strings.Index(text, name)
		if at < 0 {
			return false
		}
		text = text[at+len(name):]
		next, _ := utf8.DecodeRuneInString(text)
		if !unicode.IsLetter(next) && !unicode.IsDigit(next) {
			return true
		}
	}
}

// Withdraw takes a post of one's own back: the others see that there was one, by whom and when, and why it was taken back.
func (s *Service) Withdraw(ctx context.Context, ref ident.Ref, id, why string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := discussable(tx, ref, access.DiscussModeration)
		if err != nil {
			return err
		}
		p, err := postOf(tx, a.ID, id)
		if err != nil {
			return err
		}
		why = tidy(why)
		switch {
		case p.Person != tx.By.ID:
			return fault.New(fault.Forbidden, "Only who wrote a post can take it back")
		case p.WithdrawnAt != nil:
			return nil
		case form.Characters(why) > 500:
			return fault.Fields(fault.Problems{"why-" + id: "The reason must be 500 characters or fewer"})
		}
		p.WithdrawnAt, p.WithdrawnWhy = &tx.Now, why
		tx.Record(application.Event(a, "moderation.withdraw_post", map[string]any{"post": p.ID}))
		return work.Save(tx, p, &p.Version)
	})
}
