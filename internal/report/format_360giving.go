package report

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"time"

	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Giving is who publishes grants, for the 360Giving data standard.
type Giving struct {
	Prefix     string // of the identifiers of grants, given by 360Giving: 360G-…
	Funder     string // the organisation that gives the grants
	FunderID   string // its identifier, by a list of org-id.guide
	Licence    string // an address
	PublicURL  string // of this service
	Programmes string // what stands before the references of calls, as codes of grant programmes
}

// givingFormat writes the awards of a round that are agreed as a package of grants in the 360Giving standard.
func givingFormat() Format {
	return Format{Name: "360giving", Extension: "json", MediaType: "application/json", Title: "360Giving", Awards: true}
}

// grant is a grant in version 1.4 of the standard.
type grant struct {
	ID           string         `json:"id"`
	Title        string         `json:"title"`
	Description  string         `json:"description"`
	Currency     string         `json:"currency"`
	AppliedFor   json.Number    `json:"amountAppliedFor"`
	Awarded      json.Number    `json:"amountAwarded"`
	AwardDate    string         `json:"awardDate"`
	URL          string         `json:"url,omitempty"`
	PlannedDates []event        `json:"plannedDates,omitempty"`
	Recipient    []organisation `json:"recipientOrganization"`
	Locations    []location     `json:"beneficiaryLocation,omitempty"`
	Funder       []organisation `json:"fundingOrganization"`
	Programmes   []programme    `json:"grantProgramme"`
	FromOpenCall string         `json:"fromOpenCall"`
	DateModified string         `json:"dateModified"`
	DataSource   string         `json:"dataSource,omitempty"`
}

type event struct {
	StartDate string `json:"startDate"`
	EndDate   string `json:"endDate"`
}

type organisation struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type location struct {
	Name        string `json:"name"`
	CountryCode string `json:"countryCode"`
}

type programme struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

// healthList is the list of the NHS Organisation Data Service at org-id.guide: what stands before a code of it in an identifier.
const healthList = "GB-NHS-"

// grant makes a grant of an award. The recipient is the funding recipient; one whose code is not known gets an identifier of ours.
func (g Giving) grant(a Registered, s said) grant {
	recipient := organisation{Name: cmp.Or(a.Recipient, a.Lead)}
	switch {
	case s.recipient != "":
		recipient.ID = healthList + string(s.recipient)
	case recipient.Name == a.Lead && a.ODS != "":
		recipient.ID = healthList + string(a.ODS)
	default:
		recipient.ID = g.Prefix + "-org-" + slug(recipient.Name)
	}
	out := grant{
		ID: g.Prefix + "-" + string(a.Ref), Title: a.Title, Description: cmp.Or(s.summary, a.Title), Currency: "GBP", AppliedFor: pounds(a.Asked), Awarded: pounds(a.Amount),
		AwardDate: uktime.Day(a.Agreed), Recipient: []organisation{recipient}, Funder: []organisation{{cmp.Or(g.FunderID, g.Prefix+"-funder"), g.Funder}},
		Programmes: []programme{{string(a.Call), a.RoundName + ": " + a.CallTitle}}, FromOpenCall: "Yes", DateModified: a.StateAt.Format(time.RFC3339),
	}
	if a.Region != "" {
		out.Locations = []location{{a.Region, "GB"}}
	}
	if agreed := uktime.Day(a.Agreed); len(a.SpendBy) == len(agreed) && a.SpendBy >= agreed {
		out.PlannedDates = []event{{agreed, a.SpendBy}}
	}
	if g.PublicURL != "" {
		out.URL, out.DataSource = g.PublicURL+"/register?search="+string(a.Ref), g.PublicURL+"/register.json"
	}
	return out
}

// pounds is an amount as a number with its pence, exactly.
func pounds(p money.Pence) json.Number { return json.Number(p.Decimal()) }

// WriteRegister writes the awards that a query asks for in the 360Giving standard, as json or csv, for everybody.
func (s *Service) WriteRegister(ctx context.Context, q RegisterQuery, format string, w io.Writer) error {
	return s.gate.Read(ctx, func(tx *work.Tx) error {
		if format == "csv" {
			return s.grantsCSV(tx, q, w)
		}
		return s.grants(tx, q, w)
	})
}

// grants writes a package. That there is an award to write is settled before: see someRegistered.
func (s *Service) grants(tx *work.Tx, q RegisterQuery, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	publisher, err := json.Marshal(organisationAs{s.giving.FunderID, s.giving.Funder})
	if err != nil {
		return writing("grants", err)
	}
	head := `{"version":"1.4","title":` + quote("Awards of "+cmp.Or(string(q.Round), "all rounds")+", "+s.giving.Funder) + `,"identifier":` + quote(s.giving.Prefix+"-register-"+strings.ToLower(cmp.Or(string(q.Round), "all"))) +
		`,"publisher":` + string(publisher)
	if s.giving.Licence != "" {
		head += `,"license":` + quote(s.giving.Licence)
	}
	if _, err := out.WriteString(head + `,"grants":[`); err != nil {
		return writing("grants", err)
	}
	before := "\n"
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	err = s.eachRegistered(tx, q, func(a Registered, words said) error {
		if _, err := out.WriteString(before); err != nil {
			return writing("grants", err)
		}
		before = ","
		return writing("grants", encoder.Encode(s.giving.grant(a, words)))
	})
	if err != nil {
		return err
	}
	if _, err := out.WriteString("]}\n"); err != nil {
		return writing("grants", err)
	}
	return writing("grants", out.Flush())
}

// organisationAs is an organisation as a package names its publisher.
type organisationAs struct {
	Identifier string `json:"identifier,omitempty"`
	Name       string `json:"name"`
}

// givingColumns are the titles of the standard's properties, as its flat files have them.
func givingColumns() []string {
	return []string{
		"Identifier", "Title", "Description", "Currency", "Amount Applied For", "Amount Awarded", "Award Date", "URL", "Planned Dates:Start Date", "Planned Dates:End Date",
		"Recipient Org:Identifier", "Recipient Org:Name", "Beneficiary Location:Name", "Beneficiary Location:Country Code", "Funding Org:Identifier", "Funding Org:Name",
		"Grant Programme:Code", "Grant Programme:Title", "From An Open Call?", "Last Modified", "Data Source",
	}
}

func (s *Service) grantsCSV(tx *work.Tx, q RegisterQuery, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(givingColumns()); err != nil {
		return writing("grants", err)
	}
	err := s.eachRegistered(tx, q, func(a Registered, words said) error {
		g := s.giving.grant(a, words)
		var dates event
		if len(g.PlannedDates) > 0 {
			dates = g.PlannedDates[0]
		}
		var place location
		if len(g.Locations) > 0 {
			place = g.Locations[0]
		}
		cells := []string{
			g.ID, g.Title, g.Description, g.Currency, g.AppliedFor.String(), g.Awarded.String(), g.AwardDate, g.URL, dates.StartDate, dates.EndDate,
			g.Recipient[0].ID, g.Recipient[0].Name, place.Name, place.CountryCode, g.Funder[0].ID, g.Funder[0].Name, g.Programmes[0].Code, g.Programmes[0].Title, g.FromOpenCall, g.DateModified, g.DataSource,
		}
		for i, cell := range cells {
			cells[i] = Safe(cell)
		}
		return writing("grants", out.Write(cells))
	})
	if err != nil {
		return err
	}
	out.Flush()
	return writing("grants", out.Error())
}
