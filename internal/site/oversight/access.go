package oversight

import (
	"encoding/csv"
	"io"
	"time"

	"adoptionfund/internal/report"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/trail"
	"adoptionfund/internal/uktime"
	page "adoptionfund/web/page/oversee"
)

func accessAsked(r *route.Request) trail.AccessAsked {
	return trail.AccessAsked{Day: r.Query("day"), Role: r.Query("role"), Round: r.Query("round"), Person: r.Query("person"), After: r.Query("after")}
}

// accessReview shows who held which role.
func (h handlers) accessReview(r *route.Request) (route.Reply, error) {
	p := page.AccessReview{Asked: accessAsked(r)}
	var err error
	p.AccessReview, err = h.Trail.Access(r.Context(), p.Asked)
	if p.Problems = problems(err); p.Problems == nil && err != nil {
		return route.Reply{}, err
	}
	return route.Show(p)
}

// accessFile is the same as CSV.
func (h handlers) accessFile(r *route.Request) (route.Reply, error) {
	review, err := h.Trail.AllAccess(r.Context(), accessAsked(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download("access-"+uktime.Day(review.At)+".csv", "text/csv", false, func(w io.Writer) error {
		out := csv.NewWriter(w)
		_ = out.Write([]string{"name", "email", "role", "where", "from", "granted_by", "until", "ended_by", "last_sign_in", "one_time_codes", "dormant", "account_disabled_now"})
		for _, l := range review.Held {
			cells := []string{
				l.Name, l.Email, l.Label, l.Where, moment(&l.From), l.GrantedBy, moment(l.To), l.EndedBy, moment(l.LastSignIn), yesNo(l.Factor), yesNo(l.Dormant), yesNo(l.Disabled),
			}
			for i, text := range cells {
				cells[i] = report.Safe(text)
			}
			_ = out.Write(cells)
		}
		out.Flush()
		return out.Error() //nolint:wrapcheck // whoever sends it says so
	})
}

func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
