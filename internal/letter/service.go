package letter

import (
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
)

// Service makes letters, and is the use cases of those who write their templates and correct them.
type Service struct {
	gate    *work.Gate
	reviews *review.Service
	sender  Sender
}

// Sender is who writes the letters.
type Sender struct {
	Service string // its name
	Contact string // the address for questions and complaints
	Public  string // the address of the service, without a slash at its end
}

// NewService makes the service.
func NewService(gate *work.Gate, reviews *review.Service, sender Sender) *Service {
	return &Service{gate, reviews, sender}
}

// own is the program's own template of a kind, from configs/letters/decision.yaml.
func own(tx *work.Tx, kind Kind) (Template, error) {
	t := Template{Kind: kind}
	var err error
	t.Subject, t.Body, err = tx.Render(notify.Message{Kind: notify.Kind("letter_" + string(kind))})
	return t, err
}

// templatesOf gives the templates by which the letters of a round are made: its own, else the program's.
func templatesOf(tx *work.Tx, round ident.Round) (map[Kind]Template, error) {
	set, err := latestTemplates(tx, round)
	if err != nil {
		return nil, err
	}
	for _, info := range Kinds() {
		if _, there := set[info.Kind]; there {
			continue
		}
		if set[info.Kind], err = own(tx, info.Kind); err != nil {
			return nil, err
		}
	}
	return set, nil
}
