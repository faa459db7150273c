package oversee

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/panel"
)

// perPage is how many lines of each list stand on the page at once.
const perPage = 25

// paged is one page of a list.
type paged struct {
	Table         nhs.Table
	Of            string // what the list is, for screen readers
	Before, After string // addresses; empty: there is none
}

// Render writes it.
func (l paged) Render(ctx context.Context, w io.Writer) error { return l.view().Render(ctx, w) } //nolint:wrapcheck // templ says where

// paging cuts a list into pages.
func (p Proposal) paging(t nhs.Table) paged {
	all := len(t.Rows)
	last := max((all+perPage-1)/perPage, 1)
	at := min(max(p.At[t.ID], 1), last)
	from, to := (at-1)*perPage, min(at*perPage, all)
	out := paged{Table: t, Of: t.Caption}
	out.Table.Rows = t.Rows[from:to]
	if last > 1 {
		out.Table.Caption = fmt.Sprintf("%s: %d to %d of %d", t.Caption, from+1, to, all)
	}
	if at > 1 {
		out.Before = p.next(t.ID, at-1)
	}
	if at < last {
		out.After = p.next(t.ID, at+1)
	}
	return out
}

// funded are the applications that are to be funded.
func (p Proposal) funded() paged {
	t := nhs.Table{
		ID: "funded", Caption: "To be funded", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "To be funded: nothing.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Lead"}, {Heading: "Score", Numeric: true}, {Heading: "DTAC"}, {Heading: "Requested", Numeric: true}, {Heading: "Amount", Numeric: true}, {Heading: "Why"}},
	}
	var requested, amount, maskedRequested, maskedAmount money.Pence
	masked := 0
	for _, l := range p.Page.Lines {
		n := p.Page.Names[l.ApplicationID]
		if l.Outcome != allocation.Fund {
			continue
		}
		requested += n.Requested
		if p.counts(l) {
			amount += l.Amount
		}
		if n.Masked {
			masked++
			maskedRequested += n.Requested
			maskedAmount += l.Amount
			continue
		}
		t.Rows = append(t.Rows, nhs.Cells(string(n.Ref)+" "+n.Title, n.Lead, fmt.Sprintf("%.2f", l.Score), panel.DTACLabel(l.DTACStatus), n.Requested.String(), l.Amount.String(), p.stateNote(l)+p.Shown.Reasons[string(n.Ref)]))
	}
	if masked > 0 {
		t.Rows = append(t.Rows, nhs.Cells(panel.Masked(masked), "", "", "", maskedRequested.String(), maskedAmount.String(), ""))
	}
	t.Foot = nhs.Cells("Together", "", "", "", requested.String(), amount.String(), "")
	return p.paging(t)
}

// counts reports whether a line still counts towards the sum: it is neither withdrawn nor left out.
func (p Proposal) counts(l allocation.Line) bool {
	return l.DroppedAt == nil && p.Page.Names[l.ApplicationID].State != workflow.Withdrawn && p.Page.Ways[l.ApplicationID] != decision.Except
}

// reserve are the places on the reserve list.
func (p Proposal) reserve() paged {
	t := nhs.Table{
		ID: "reserve", Caption: "Reserve list", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: p.emptyReserve(),
		Columns: []nhs.Column{{Heading: "Position", Numeric: true}, {Heading: "Application"}, {Heading: "Lead"}, {Heading: "Score", Numeric: true}, {Heading: "Requested", Numeric: true}},
	}
	masked := 0
	for _, l := range p.Page.Lines {
		n := p.Page.Names[l.ApplicationID]
		switch {
		case l.Outcome != allocation.Reserve:
		case n.Masked:
			masked++
		default: // numbered among what is shown: a gap would tell the place of what is not
			t.Rows = append(t.Rows, nhs.Cells(strconv.Itoa(len(t.Rows)+1), string(n.Ref)+" "+n.Title, n.Lead, fmt.Sprintf("%.2f", l.Score), n.Requested.String()))
		}
	}
	return p.paging(withMasked(t, masked))
}

// better are those that score more than something that is funded.
func (p Proposal) better() paged {
	t := nhs.Table{
		ID: "better", Caption: "Better scored but not funded", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Empty:   "Better scored but not funded: none. Nothing that is funded has a lower score than something that is not.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Score", Numeric: true}, {Heading: "Requested", Numeric: true}, {Heading: "Why not"}},
	}
	for _, r := range p.Shown.Better {
		a := r.Application
		t.Rows = append(t.Rows, nhs.Cells(string(a.Ref)+" "+a.Title, fmt.Sprintf("%.2f", r.Score), a.Requested.String(), p.Shown.Reasons[string(a.Ref)]))
	}
	return p.paging(t)
}

// rest are all that are not to be funded.
func (p Proposal) rest() paged {
	t := nhs.Table{
		ID: "rest", Caption: "Not to be funded", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: p.emptyRest(),
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Lead"}, {Heading: "Score", Numeric: true}, {Heading: "Requested", Numeric: true}, {Heading: "Why"}},
	}
	masked := 0
	for _, l := range p.Page.Lines {
		n := p.Page.Names[l.ApplicationID]
		switch {
		case l.Outcome != allocation.NotFund:
		case n.Masked:
			masked++
		default:
			t.Rows = append(t.Rows, nhs.Cells(string(n.Ref)+" "+n.Title, n.Lead, fmt.Sprintf("%.2f", l.Score), n.Requested.String(), p.stateNote(l)+p.Shown.Reasons[string(n.Ref)]))
		}
	}
	return p.paging(withMasked(t, masked))
}

// recusals are who did not take part in what.
func (p Proposal) recusals() paged {
	t := nhs.Table{
		ID: "recusals", Caption: "Recusals", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Recusals: nobody is recused from an application in this proposal.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Took no part"}, {Heading: "Deputy"}},
	}
	masked := 0
	for _, r := range p.Page.Recusals {
		n := p.Page.Names[r.Application]
		if n.Masked {
			masked++
			continue
		}
		var who, deputies []string
		for _, id := range r.People {
			who = append(who, p.Page.People[id])
		}
		if r.Reviewers > 0 {
			who = append(who, plural(r.Reviewers, "reviewer with a conflict", "reviewers with a conflict"))
		}
		for _, id := range r.Deputies {
			deputies = append(deputies, p.Page.People[id])
		}
		t.Rows = append(t.Rows, nhs.Cells(string(n.Ref), strings.Join(who, ", "), strings.Join(deputies, ", ")))
	}
	return p.paging(withMasked(t, masked))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// dtac are the products of what is to be funded: the fund's position, what is still open, and what assessors waived.
func (p Proposal) dtac() paged {
	t := nhs.Table{
		ID: "dtac", Caption: "DTAC positions and open conditions", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "DTAC positions and open conditions: nothing is to be funded.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Product"}, {Heading: "Position"}, {Heading: "Open"}, {Heading: "Waived"}},
	}
	masked := 0
	for _, l := range p.Page.Lines {
		d, there := p.Page.DTAC[l.ApplicationID]
		n := p.Page.Names[l.ApplicationID]
		switch {
		case !there:
		case n.Masked:
			masked++
		default:
			stands, open := d.Stands, strings.Join(d.Open, "; ")
			if d.Lapsed {
				stands = "Lapsed since the proposal was made: it becomes a condition on this award. " + stands
			}
			if open == "" {
				open = "Nothing"
			}
			t.Rows = append(t.Rows, nhs.Cells(string(n.Ref), d.Product, stands, open, p.waived(d)))
		}
	}
	return p.paging(withMasked(t, masked))
}

// waived says which DTAC questions were waived, by whom and why.
func (p Proposal) waived(d decision.DTAC) string {
	if len(d.Waived) == 0 {
		return "Nothing"
	}
	said := make([]string, len(d.Waived))
	for i, w := range d.Waived {
		reason := cmp.Or(w.Reason, "the reason is kept with the security evidence, which its supplier and DTAC assessors alone see")
		said[i] = fmt.Sprintf("%s, by %s on %s: %s", w.Question, p.Page.People[w.By], uktime.Date(w.At), strings.TrimSuffix(reason, "."))
	}
	return strings.Join(said, "; ")
}
