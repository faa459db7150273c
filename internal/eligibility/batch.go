package eligibility

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Deed is what can be done to many applications of the queue at once.
type Deed string

// The deeds.
const (
	GiveMany   Deed = "give"
	AskMany    Deed = "ask"
	RemindMany Deed = "remind"
)

// Deeds are all deeds.
func Deeds() []Deed { return []Deed{GiveMany, AskMany, RemindMany} }

// Label is the deed as people read it.
func (d Deed) Label() string {
	return map[Deed]string{GiveMany: "Give them to an officer", AskMany: "Ask their applicants the same", RemindMany: "Remind their applicants of open questions"}[d]
}

func (d Deed) action() access.Action {
	return map[Deed]access.Action{GiveMany: access.AssignCase, AskMany: access.AskClarification, RemindMany: access.RemindClarification}[d]
}

// mostAtOnce is how many applications can be worked on at once: two pages of the queue.
const mostAtOnce = 100

// Batch is work on many applications. Officer is for giving (empty: back into the queue), the others for asking.
type Batch struct {
	Deed     Deed
	Refs     []ident.Ref
	Officer  ident.Person
	Question Question
	Days     int
}

// Item is one application of a batch: what stands in its way, or what became of it.
type Item struct {
	Ref     ident.Ref `json:"ref"`
	Title   string    `json:"title"`
	Lead    string    `json:"lead"`
	Problem string    `json:"problem,omitempty"` // empty: it can be done, or is done
}

// Preview is a batch before it is done, or what became of it.
type Preview struct {
	Deed     Deed
	Items    []Item
	Officers []people.Person // to whom they can be given
	DoneAt   time.Time
}

// Ready counts the items in whose way nothing stands.
func (p Preview) Ready() int {
	n := 0
	for _, i := range p.Items {
		if i.Problem == "" {
			n++
		}
	}
	return n
}

func (b *Batch) check() error {
	slices.Sort(b.Refs)
	b.Refs = slices.Compact(b.Refs)
	switch {
	case !slices.Contains(Deeds(), b.Deed):
		return fault.Fields(fault.Problems{"deed": "Select what to do"})
	case len(b.Refs) == 0:
		return fault.Fields(fault.Problems{"application": "Select at least one application"})
	case len(b.Refs) > mostAtOnce:
		return fault.Fields(fault.Problems{"application": fmt.Sprintf("Select %d applications or fewer", mostAtOnce)})
	}
	return nil
}

// PreviewBatch says for each application whether a deed can be done to it now. Applications that the one who asks may not know of are
// told like those that are not there.
func (s *Service) PreviewBatch(ctx context.Context, b Batch) (Preview, error) {
	p := Preview{Deed: b.Deed}
	if err := b.check(); err != nil {
		return p, err
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ListScreening, tx.Anywhere(access.ListScreening)); err != nil {
			return err
		}
		var rows []Row
		for _, ref := range b.Refs {
			a, err := application.Permitted(tx, ref, access.ViewEligibility)
			switch {
			case fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden):
				p.Items = append(p.Items, Item{Ref: ref, Problem: "There is no such application"})
				continue
			case err != nil:
				return err
			}
			item := Item{Ref: ref, Title: a.Title, Lead: a.LeadName}
			if item.Problem, err = stands(tx, a, b.Deed); err != nil {
				return err
			}
			rows = append(rows, Row{Application: a})
			p.Items = append(p.Items, item)
		}
		var err error
		p.Officers, err = officersOf(tx, rows)
		return err
	})
	return p, err
}

// stands says what stands in the way of a deed, or "".
func stands(tx *work.Tx, a *application.Application, d Deed) (string, error) {
	may, err := tx.May(d.action(), a)
	if err != nil {
		return "", err
	}
	if !may {
		return "You may not do this to it", nil
	}
	label := "It is now “" + workflow.Applications().Info(a.State).Label + "”"
	switch d {
	case GiveMany:
		if !slices.Contains(Waiting(), a.State) {
			return label, nil
		}
	case AskMany:
		if a.State != workflow.Screening {
			return label + ": questions are asked in screening", nil
		}
		if _, err := nextTurn(tx, a); err != nil {
			return words(err)
		}
	case RemindMany:
		if a.State != workflow.Clarification {
			return label + ": no question waits for an answer", nil
		}
	}
	return "", nil
}

// words are those of a fault that the person can act on.
func words(err error) (string, error) {
	f, ok := fault.Of(err)
	if !ok {
		return "", err
	}
	for _, text := range f.Fields {
		return text, nil
	}
	return f.Words, nil
}

// DoBatch does a deed to each application by itself: one that fails leaves the others as they are done. What became of each is kept for
// the one who did it, under the id that is given back.
func (s *Service) DoBatch(ctx context.Context, b Batch) (string, error) {
	if err := b.check(); err != nil {
		return "", err
	}
	if b.Deed == AskMany {
		if err := checkQuestions(nil, []Question{{Text: b.Question.Text}}, b.Days); err != nil {
			return "", err
		}
	}
	before, err := s.PreviewBatch(ctx, b)
	if err != nil {
		return "", err
	}
	for i := range before.Items {
		item := &before.Items[i]
		if item.Problem != "" {
			continue
		}
		if err := s.doOne(ctx, b, item.Ref); err != nil {
			if item.Problem, err = words(err); err != nil {
				return "", err
			}
		}
	}
	return s.keepResults(ctx, before)
}

func (s *Service) doOne(ctx context.Context, b Batch, ref ident.Ref) error {
	switch b.Deed {
	case GiveMany:
		return s.Give(ctx, ref, b.Officer)
	case AskMany:
		return s.AskClarification(ctx, ref, []Question{b.Question}, b.Days)
	case RemindMany:
		return s.Remind(ctx, ref)
	}
	return nil
}

// batchResult is what became of a batch.
type batchResult struct {
	ID      string
	Person  ident.Person
	Deed    Deed
	Results string // JSON of items
	DoneAt  time.Time
}

func (batchResult) TableName() string { return "batch_results" }

// keepResults keeps what became of a batch for a week.
func (s *Service) keepResults(ctx context.Context, p Preview) (string, error) {
	text, err := json.Marshal(p.Items)
	if err != nil {
		return "", fmt.Errorf("writing what became of a batch: %w", err)
	}
	id := ident.New[string]()
	return id, s.gate.Keep(ctx, func(tx *work.Tx) error {
		if err := dropResults(tx, tx.Now.AddDate(0, 0, -7)); err != nil {
			return err
		}
		return work.Add(tx, &batchResult{ID: id, Person: tx.By.ID, Deed: p.Deed, Results: string(text), DoneAt: tx.Now})
	})
}

// Results gives what became of a batch to the one who did it.
func (s *Service) Results(ctx context.Context, id string) (Preview, error) {
	var p Preview
	if _, err := ident.Parse[string](id); err != nil {
		return p, work.NotFound("result")
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ListScreening, tx.Anywhere(access.ListScreening)); err != nil {
			return err
		}
		row, err := work.One[batchResult](tx.DB().Where("id = ? AND person = ?", id, orNobody(tx.By.ID)), "result")
		if err != nil {
			return err
		}
		p.Deed, p.DoneAt = row.Deed, row.DoneAt
		if err := json.Unmarshal([]byte(row.Results), &p.Items); err != nil {
			return fmt.Errorf("reading what became of a batch: %w", err)
		}
		return nil
	})
	return p, err
}
