package public

import (
	"strings"

	"adoptionfund/internal/notify"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Mails is the demonstration's mailbox: what would have been sent, to anybody.
type Mails struct {
	Address string // only mail to it
	Mails   []notify.Mail
	Next    string // address of the page after
}

// Head tells the frame.
func (Mails) Head() shared.Head {
	return shared.Head{Title: "Mail of the demonstration", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}, Wide: true}
}

func (m Mails) table() nhs.Table {
	t := nhs.Table{ID: "mails", Caption: "Newest first", CaptionSize: nhs.Medium, Columns: []nhs.Column{{Heading: "Subject"}, {Heading: "To"}, {Heading: "Written"}}, RowHeaders: true, Empty: "There is no mail."}
	for _, mail := range m.Mails {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: mail.Subject, Href: "/demo/mail/" + string(mail.ID)}, {Text: mail.Address}, {Text: uktime.Moment(mail.CreatedAt)}})
	}
	return t
}

// Mail is one mail of the demonstration, with links that can be followed.
type Mail struct {
	Mail   notify.Mail
	Public string // the address of the service: links to it are followed here
}

// Head tells the frame.
func (m Mail) Head() shared.Head {
	return shared.Head{Title: m.Mail.Subject, Caption: "Mail of the demonstration", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/demo/mail", Text: "Mail"}}}
}

func (m Mail) rows() []nhs.SummaryRow {
	return []nhs.SummaryRow{{Key: "To", Value: m.Mail.Address}, {Key: "Written", Value: uktime.Moment(m.Mail.CreatedAt)}}
}

// piece is part of a text; one with Href is a link.
type piece struct{ text, href string }

// pieces cuts the text where it links to the service.
func (m Mail) pieces() []piece {
	var all []piece
	rest := m.Mail.Body
	for {
		before, after, found := strings.Cut(rest, m.Public+"/")
		if !found || m.Public == "" {
			return append(all, piece{text: rest})
		}
		end := strings.IndexAny(after, " \n\t\"<>")
		if end < 0 {
			end = len(after)
		}
		path := strings.TrimRight(after[:end], ".,)")
		all = append(all, piece{text: before}, piece{text: m.Public + "/" + path, href: "/" + path})
		rest = after[len(path):]
	}
}
