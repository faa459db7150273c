package award

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/form"
)

// Lines are the lines of a plan as a row keeps them: text.
type Lines []plan.Line

// Scan reads them from the database.
func (l *Lines) Scan(value any) error { return scan(value, l) }

// Value writes them to the database.
func (l Lines) Value() (driver.Value, error) { return written([]plan.Line(l)) }

// Answers are answers to a form as a row keeps them: text.
type Answers form.Answers

// Scan reads them from the database.
func (a *Answers) Scan(value any) error { return scan(value, (*form.Answers)(a)) }

// Value writes them to the database.
func (a Answers) Value() (driver.Value, error) { return written(form.Answers(a)) }

func scan(value, into any) error {
	var text []byte
	switch v := value.(type) {
	case string:
		text = []byte(v)
	case []byte:
		text = v
	default:
		return fmt.Errorf("award: a kept value is %T, not text", value)
	}
	if len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("award: reading a kept value: %w", err)
	}
	return nil
}

func written(value any) (driver.Value, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("award: writing a value: %w", err)
	}
	return string(text), nil
}
