package apply

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Copy asks into which call an application is copied.
type Copy struct {
	Application *application.Application
	Calls       []fund.Call // that are open, but for its own
	Call        string
	Problems    map[string]string
}

// Head tells the frame.
func (c Copy) Head() shared.Head {
	return shared.Head{Title: "Copy into another call", Caption: caption(c.Application), Crumbs: above(c.Application)}
}

func (c Copy) calls() nhs.Radios {
	r := nhs.Radios{Name: "call", Legend: "Into which call?", Size: nhs.Small, Value: c.Call, Error: c.Problems["call"]}
	for _, call := range c.Calls {
		r.Options = append(r.Options, nhs.Option{Value: string(call.Ref), Label: call.Title, Hint: "Deadline: " + uktime.Deadline(call.ClosesAt)})
	}
	return r
}
