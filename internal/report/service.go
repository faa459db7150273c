package report

import (
	"context"
	"io"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
)

// Service is the use cases of reports.
type Service struct {
	gate    *work.Gate
	library *fund.Library
	reviews *review.Service
	giving  Giving
	print   Printer // nil where no PDF files are made
	fits    *fitted
}

// NewService makes the service.
func NewService(gate *work.Gate, library *fund.Library, reviews *review.Service, giving Giving, printer Printer) *Service {
	return &Service{gate, library, reviews, giving, printer, &fitted{}}
}

// Asked is a report that somebody asks for.
type Asked struct {
	Round   ident.RoundRef
	Kind    string
	Filter  map[string]string
	Columns []string // by name; none: those that the report shows by itself, and in files all
	After   string   // the key of the last line of the page before
}

// Listed is a report in the index of a round.
type Listed struct {
	*Report
	Formats []Format
}

// Index is the reports of a round that somebody may see.
type Index struct {
	Round     *fund.Round
	Reports   []Listed
	Schedules []Scheduled
}

// Index lists the reports of a round that the one who is signed in may see, and the links they are sent.
func (s *Service) Index(ctx context.Context, ref ident.RoundRef) (Index, error) {
	var x Index
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		round, err := fund.RoundByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewReports, round); err != nil {
			return err
		}
		x.Round = round
		for _, rep := range Catalogue() {
			may, err := tx.May(rep.Action, round)
			if err != nil {
				return err
			}
			if may {
				x.Reports = append(x.Reports, Listed{rep, rep.FormatsOf()})
			}
		}
		x.Schedules, err = schedulesOf(tx, round)
		return err
	})
	return x, err
}

// Page is a report as the page shows it.
type Page struct {
	Statement
	Report   *Report
	Budget   money.Pence
	Formats  []Format
	Filter   map[string]string
	Filters  []FilterShown
	Columns  []int
	Rows     []Row
	Totals   *Totals
	Next     string
	Schedule []Scheduled
	Embargo  bool // proposals are kept from the reader until their release
}

// FilterShown is a filter with the values that it takes in this round; none: any text.
type FilterShown struct {
	Filter
	Values []Choice
}

const pageLength = 50

// Page gives a page of a report, with the totals of all its lines.
func (s *Service) Page(ctx context.Context, a Asked) (Page, error) {
	var p Page
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		r, err := s.read(tx, a)
		if err != nil {
			return err
		}
		p = Page{Statement: r.statement(), Report: r.report, Budget: r.round.Budget, Formats: r.report.FormatsOf(), Filter: r.filter, Embargo: len(r.hidden) > 0}
		p.Columns = r.report.shown(a.Columns)
		if err := p.filters(r); err != nil {
			return err
		}
		if p.Totals, err = r.totals(); err != nil {
			return err
		}
		if err := p.lines(r, a.After); err != nil {
			return err
		}
		p.Schedule, err = schedulesOf(tx, r.round)
		p.Schedule = slices.DeleteFunc(p.Schedule, func(d Scheduled) bool { return d.Kind != r.report.Kind })
		tx.Saw("report "+r.report.Kind, string(r.round.Ref))
		return err
	})
	return p, err
}

func (p *Page) filters(r *Reading) error {
	for _, f := range r.report.Filters {
		shown := FilterShown{Filter: f}
		if f.Choices != nil {
			var err error
			if shown.Values, err = f.Choices(r); err != nil {
				return err
			}
		}
		p.Filters = append(p.Filters, shown)
	}
	return nil
}

// lines reads the lines of the page, and on the last page the masked one.
func (p *Page) lines(r *Reading, after string) error {
	rows, err := r.report.rows(r, after, pageLength+1)
	if err != nil {
		return err
	}
	if len(rows) > pageLength {
		p.Rows = rows[:pageLength]
		p.Next = p.Rows[pageLength-1].Key
		return nil
	}
	p.Rows = rows
	if !r.report.masks || r.bars == 0 || r.narrowed() {
		return nil
	}
	row, err := r.masked()
	if err == nil && row.Count > 0 {
		p.Rows = append(p.Rows, row)
	}
	return err
}

// shown are the columns that somebody chose; without a choice those that are not aside.
func (r *Report) shown(names []string) []int {
	if len(names) > 0 {
		if at, err := r.columnsOf(names); err == nil {
			return at // a choice of columns that there were once shows what there is
		}
	}
	var at []int
	for i, c := range r.Columns {
		if !c.Aside {
			at = append(at, i)
		}
	}
	return at
}

// Export is a report that is about to be written: its name and type are known, and that it was asked for is recorded.
type Export struct {
	Name      string
	MediaType string
	asked     Asked
	format    Format
	s         *Service
}

// Export prepares the file of a report. That it is exported, by whom, in which format and with which filter is recorded before the first
// byte is given out.
func (s *Service) Export(ctx context.Context, a Asked, format string) (*Export, error) {
	var x *Export
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		r, err := s.read(tx, a)
		if err != nil {
			return err
		}
		f, err := r.report.format(format)
		if err != nil {
			return err
		}
		if _, err := r.report.columnsOf(a.Columns); err != nil {
			return err
		}
		if f.Awards {
			if err := someRegistered(tx, RegisterQuery{Round: r.round.Ref}); err != nil {
				return err
			}
		}
		tx.Record(r.event(format, a.Columns))
		x = &Export{Name: r.statement().fileName(a.Kind, f.Extension), MediaType: f.MediaType, asked: a, format: f, s: s}
		return nil
	})
	return x, err
}

// Write writes the file, as everything is at one moment.
func (x *Export) Write(ctx context.Context, w io.Writer) error {
	return x.s.gate.Read(ctx, func(tx *work.Tx) error {
		r, err := x.s.read(tx, x.asked)
		if err != nil {
			return err
		}
		tx.Saw("export "+x.asked.Kind, string(r.round.Ref))
		if x.format.Awards {
			return x.s.grants(tx, RegisterQuery{Round: r.round.Ref}, w)
		}
		columns, err := r.report.columnsOf(x.asked.Columns)
		if err != nil {
			return err
		}
		d := &Document{Statement: r.statement(), report: r.report, columns: columns, ctx: ctx, print: x.s.print}
		r.want(columns)
		return r.write(x.format, d, w)
	})
}

// want says which columns are needed: those that are written, those that are added up, and what groups go by.
func (r *Reading) want(columns []int) {
	r.wanted = map[string]bool{}
	for _, i := range append(slices.Clone(columns), r.report.summed()...) {
		r.wanted[r.report.Columns[i].Name] = true
	}
	for _, g := range r.report.Groups {
		r.wanted[g.Name] = true
	}
}

func (r *Reading) write(f Format, d *Document, w io.Writer) error {
	out, err := f.begin(w, d)
	if err != nil {
		return err
	}
	t := r.report.NewTotals()
	if err := r.each(func(row Row) error {
		t.Add(row)
		return out.line(row)
	}); err != nil {
		return err
	}
	return out.end(t)
}
