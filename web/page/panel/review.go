package panel

import (
	"fmt"
	"net/url"
	"strings"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// head is what the frame shows of a page of a call's assessment.
func head(title string, c *fund.Call) shared.Head {
	return shared.Head{Title: title, Caption: string(c.Ref) + ": " + c.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

// address is a page of a call, with an application chosen on it or none.
func address(c *fund.Call, page string, chosen ident.Ref) string {
	a := "/panel/" + string(c.Ref) + "/" + page
	if chosen != "" {
		a += "?application=" + url.QueryEscape(string(chosen))
	}
	return a
}

func state(s workflow.ApplicationState) nhs.Tag {
	info := workflow.Applications().Info(s)
	return nhs.Tag{Text: info.Label, Colour: nhs.Colour(info.Colour)}
}

// masked is the one line that stands for what somebody may not see.
func masked(n int) string {
	if n == 1 {
		return "1 application, handled by the deputy"
	}
	return fmt.Sprintf("%d applications, handled by the deputy", n)
}

// kindTitle is a kind of reviewer at the beginning of a sentence.
func kindTitle(kind string) string {
	if kind == "ppv" {
		return "Patient and public voice"
	}
	if kind == "" {
		return ""
	}
	return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "_", " ")
}

// Typed is what was typed into a form of the page that is shown again.
type Typed func(name, stored string) string
