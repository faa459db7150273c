package apply

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/product"
)

// The elements of a section's page that change while somebody types in it.
const (
	liveStatus  = "provisional-status"
	liveCount   = "provisional-count"
	liveReasons = "provisional-reasons"
)

// LiveStatus are the parts of a section's page that say where the return stands now, by the ids of their elements: what the page shows when
// it is opened, for the script that saves what is typed.
func LiveStatus(ctx context.Context, sp product.Space) (map[string]string, error) {
	p := ReturnSection{Return{Space: sp}}
	parts := map[string]string{}
	for id, part := range map[string]templ.Component{liveStatus: p.statusLine(), liveCount: p.countLine(), liveReasons: p.reasonList()} {
		var b strings.Builder
		if err := part.Render(ctx, &b); err != nil {
			return nil, fmt.Errorf("showing the provisional status: %w", err)
		}
		parts[id] = b.String()
	}
	return parts, nil
}

// here are the questions of the section that stand in the way of a better status.
func (p ReturnSection) here() []status.Item {
	var list []status.Item
	for _, i := range p.open() {
		if q, ok := p.Form.Question(i.Question); ok && q.Section == p.Section.Code {
			list = append(list, i)
		}
	}
	return list
}

// inTheWay counts them.
func (p ReturnSection) inTheWay() string {
	return fmt.Sprintf("What stands in the way: %d in this section, %d in all", len(p.here()), len(p.open()))
}
