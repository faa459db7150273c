package people_test

import (
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

func TestAnInvitedPersonAcceptsAndHoldsTheRole(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	w.Person("admin", "administrator", access.Scope{})
	id, err := w.People.Invite(w.As("admin"), people.Newcomer{Email: "rev@fund.example", Name: "Rev Invented", Role: "reviewer"})
	must(t, err)
	token := w.Token("rev")
	name, email, err := w.People.Invited(w.Anonymous(), token)
	must(t, err)
	if name != "Rev Invented" || email != "rev@fund.example" {
		t.Error(name, email)
	}
	w.Want(w.People.Accept(w.Anonymous(), token, "Rev Invented", "short"), fault.Invalid)
	must(t, w.People.Accept(w.Anonymous(), token, "Reverend Invented", testkit.Password))
	w.Want(w.People.Accept(w.Anonymous(), token, "Mallory", testkit.Password), fault.Invalid)
	_, _, err = w.People.Invited(w.Anonymous(), token)
	w.Want(err, fault.NotFound)
	entry, err := w.People.Show(w.As("admin"), id)
	must(t, err)
	if entry.Name != "Reverend Invented" || !slices.ContainsFunc(entry.Grants, func(g people.Grant) bool { return g.Role == "reviewer" }) {
		t.Errorf("%+v", entry)
	}
	_, err = signIn(w, "rev@fund.example", testkit.Password, "")
	must(t, err)
}

func TestNobodyGrantsARoleToThemselves(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	admin := w.Person("admin", "administrator", access.Scope{})
	other := w.Person("other", "", access.Scope{})
	w.Want(w.People.Grant(w.As("admin"), admin.ID, "approver", access.Scope{}), fault.Forbidden)
	w.Want(w.People.Revoke(w.As("admin"), admin.ID, "administrator", access.Scope{}), fault.Forbidden)
	w.Want(w.People.Disable(w.As("admin"), admin.ID), fault.Forbidden)
	_, err := w.People.Invite(w.As("admin"), people.Newcomer{Email: admin.Email, Name: "Me", Role: "approver"})
	w.Want(err, fault.Forbidden)
	must(t, w.People.Grant(w.As("admin"), other.ID, "approver", access.Scope{}))
	w.Want(w.People.Grant(w.As("other"), other.ID, "administrator", access.Scope{}), fault.Forbidden)
	for _, role := range []string{"operator", "anyone", "person", "no_such_role", "job:mail.send"} {
		w.Want(w.People.Grant(w.As("admin"), other.ID, role, access.Scope{}), fault.Invalid)
	}
}

func TestARoleInARoundReachesNoFurther(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	round := w.Round()
	in := access.Scope{Round: round.ID}
	w.Person("local", "administrator", in)
	other := w.Person("other", "", access.Scope{})
	w.Want(w.People.Grant(w.As("local"), other.ID, "reviewer", access.Scope{}), fault.Forbidden)
	must(t, w.People.Grant(w.As("local"), other.ID, "reviewer", access.Scope{Round: round.ID, Call: round.Calls[0].ID}))
	must(t, w.People.Grant(w.As("local"), other.ID, "reviewer", access.Scope{Round: round.ID, Call: round.Calls[0].ID})) // again
	w.Want(w.People.Grant(w.As("local"), other.ID, "auditor", access.Scope{Round: round.ID, Call: round.Calls[0].ID}), fault.Invalid)
	w.Want(w.People.Revoke(w.As("local"), other.ID, "reviewer", in), fault.NotFound)
	must(t, w.People.Revoke(w.As("local"), other.ID, "reviewer", access.Scope{Round: round.ID, Call: round.Calls[0].ID}))
	entry, err := w.People.Show(w.As("local"), other.ID)
	must(t, err)
	i := slices.IndexFunc(entry.Grants, func(g people.Grant) bool { return g.Role == "reviewer" })
	if i < 0 || entry.Grants[i].RevokedAt == nil {
		t.Errorf("the history does not show the role: %+v", entry.Grants)
	}
	list, err := w.People.List(w.As("local"), people.Person{}, "", 50)
	must(t, err)
	if len(list) < 2 || slices.ContainsFunc(list, func(e people.Entry) bool {
		return slices.ContainsFunc(e.Grants, func(g people.Grant) bool { return g.RevokedAt != nil })
	}) {
		t.Errorf("%+v", list)
	}
}

func TestDisablingSomebodyEndsTheirSessions(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	w.Person("admin", "administrator", access.Scope{})
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	p, err := w.People.As(t.Context(), asha)
	must(t, err)
	must(t, w.People.Disable(w.As("admin"), p.ID))
	if visitor(t, w, in.Token).Principal.Email != "" {
		t.Error("the session goes on")
	}
	_, err = signIn(w, asha, testkit.Password, "")
	w.Want(err, fault.Invalid)
	must(t, w.People.RequestReset(w.Anonymous(), asha))
	if k := w.Mails(asha)[0].Kind; k == "account.reset" {
		t.Error("a disabled account can be reset")
	}
	must(t, w.People.Enable(w.As("admin"), p.ID))
	_, err = signIn(w, asha, testkit.Password, "")
	must(t, err)
}

func TestPeopleAreListedInPagesAndFound(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	for _, name := range []string{"carol", "alice", "bob", "dave"} {
		w.Person(name, "", access.Scope{})
	}
	first, err := w.People.List(w.Operator(), people.Person{}, "", 3)
	must(t, err)
	rest, err := w.People.List(w.Operator(), first[2].Person, "", 3)
	must(t, err)
	if first[0].Name != "Alice Invented" || first[2].Name != "Carol Invented" || len(rest) != 1 || rest[0].Name != "Dave Invented" {
		t.Errorf("%v %v", first, rest)
	}
	found, err := w.People.List(w.Operator(), people.Person{}, "%_BOB", 10)
	must(t, err)
	if len(found) != 1 {
		t.Errorf("%v", found)
	}
	_, err = w.People.List(w.As("bob"), people.Person{}, "", 10)
	w.Want(err, fault.Forbidden)
}

func TestWhoMayDoAnActionIsFoundByRoleAndScope(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	round := w.Round()
	here, there := access.Scope{Round: round.ID, Call: round.Calls[0].ID}, access.Scope{Round: round.ID, Call: round.Calls[1].ID}
	w.Person("here", "screening_officer", here)
	w.Person("there", "screening_officer", there)
	w.Person("both", "screening_officer", access.Scope{Round: round.ID})
	w.Read(func(tx *work.Tx) error {
		found, err := people.WhoMay(tx, access.RecordFinding, here)
		var names []string
		for _, p := range found {
			names = append(names, p.Name)
		}
		if !slices.Equal(names, []string{"Both Invented", "Here Invented"}) {
			t.Errorf("%v", names)
		}
		return err
	})
}

func TestOrganisationsAreImportedAllOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	head := "ods_code,name,kind,region,ics,valid_from,valid_to,successor\n"
	n, err := w.People.ImportOrganisations(w.Operator(), strings.NewReader(head+"RY1,Invented One NHS Trust,trust,London,QMF,,,\n"))
	must(t, err)
	if n != 1 {
		t.Error(n)
	}
	_, err = w.People.ImportOrganisations(w.Operator(), strings.NewReader(head+
		"RY2,Invented Two,trust,,,,,\nry3,Small letters,trust,,,,,\nRY4,,trust,,,,,\nRY5,Bad date,trust,,,1 April,,\nRY2,Twice,trust,,,,,\n"))
	w.Want(err, fault.Invalid)
	for _, part := range []string{"row 3", "row 4", "row 5", "row 6: RY2 stands in row 2"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
	_, err = w.People.Organisation(w.Operator(), "RY2")
	w.Want(err, fault.NotFound)
	_, err = w.People.ImportOrganisations(w.Operator(), strings.NewReader("code,name\nRY1,x\n"))
	w.Want(err, fault.Invalid)
	_, err = w.People.ImportOrganisations(w.As(w.Person("plain", "", access.Scope{}).Email), strings.NewReader(head))
	w.Want(err, fault.Forbidden)
	must2(w.People.ImportOrganisations(w.Operator(), strings.NewReader(head+"RY1,Invented One Renamed,trust,London,QMF,,,\n")))(t)
	o, err := w.People.Organisation(w.Operator(), "ry1")
	must(t, err)
	if o.Name != "Invented One Renamed" {
		t.Error(o.Name)
	}
}

func must2(_ int, err error) func(*testing.T) {
	return func(t *testing.T) { t.Helper(); must(t, err) }
}

func TestOrganisationsAreFoundByNameAndCodeWhileTheyStand(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	w.Person("asker", "", access.Scope{})
	for text, want := range map[string][]ident.ODS{"university inv": {"RX1"}, "rx": {"RX2", "RX1"}, "qmf": {"QMF"}, "nothing": nil, "100%": nil} {
		found, err := w.People.Search(w.As("asker"), text)
		must(t, err)
		var codes []ident.ODS
		for _, o := range found {
			codes = append(codes, o.ODSCode)
		}
		if !slices.Equal(codes, want) {
			t.Errorf("%q: %v", text, codes)
		}
	}
}

func TestWhoMayActForAnOrganisationIsSettled(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	w.Person("admin", "administrator", access.Scope{})
	first, second := w.Person("first", "", access.Scope{}), w.Person("second", "", access.Scope{})
	standing, err := w.People.Join(w.As("first"), "RX1")
	must(t, err)
	if standing {
		t.Error("asking alone settles it")
	}
	w.Want(w.People.Authorise(w.As("second"), first.ID, "RX1"), fault.Forbidden)
	w.Want(w.People.Authorise(w.As("first"), first.ID, "RX1"), fault.Forbidden) // it is not settled yet
	must(t, w.People.Authorise(w.As("admin"), first.ID, "RX1"))
	must(t, w.People.Authorise(w.As("first"), second.ID, "rx1")) // a fellow
	w.Want(w.People.Authorise(w.As("admin"), second.ID, "NONE"), fault.NotFound)
	_, err = w.People.Join(w.As("first"), "NONE")
	w.Want(err, fault.Invalid)
	if standing, err := w.People.Join(w.As("second"), "RX1"); err != nil || !standing {
		t.Error("what was settled is not kept", standing, err)
	}
	must(t, w.People.RegisterDomain(w.As("admin"), "Coast.example", "RX2"))
	w.Person("nurse@coast.example", "", access.Scope{})
	if standing, err := w.People.Join(w.As("nurse@coast.example"), "RX2"); err != nil || !standing {
		t.Error("the mail domain does not settle it", standing, err)
	}
	if standing, err := w.People.Join(w.As("nurse@coast.example"), "RX1"); err != nil || standing {
		t.Error("the mail domain settles another organisation", standing, err)
	}
	w.Read(func(tx *work.Tx) error {
		rows, err := people.OrganisationsOf(tx, second.ID)
		if len(rows) != 1 || rows[0].Settled != "representative" {
			t.Errorf("%+v", rows)
		}
		return err
	})
}

func TestSigningUpWithARegisteredDomainActsForTheOrganisation(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	must(t, w.People.RegisterDomain(w.Operator(), "lead.example", "QMF"))
	must(t, w.People.SignUp(w.Anonymous(), people.SignUp{Email: asha, Name: "Asha", Password: testkit.Password}))
	must(t, w.People.Confirm(w.Anonymous(), w.Token(asha)))
	p, err := w.People.As(t.Context(), asha)
	must(t, err)
	w.Read(func(tx *work.Tx) error {
		acts, err := people.ActsFor(tx, p.ID, "QMF")
		if !acts {
			t.Error("does not act for it")
		}
		return err
	})
}

// TestAnInvitationThatWasNotTakenUpSetsNoPasswordOfAnAccount: who has signed up meanwhile has a password, which an old mail does not
// replace, also if it was passed on.
func TestAnInvitationThatWasNotTakenUpSetsNoPasswordOfAnAccount(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	w.Person("admin", "administrator", access.Scope{})
	_, err := w.People.Invite(w.As("admin"), people.Newcomer{Email: asha, Name: "Asha", Role: "reviewer"})
	must(t, err)
	invitation := w.Token(asha)
	must(t, w.People.SignUp(w.Anonymous(), people.SignUp{Email: asha, Name: "Asha", Password: testkit.Password}))
	must(t, w.People.Confirm(w.Anonymous(), w.Token(asha)))
	_, _, err = w.People.Invited(w.Anonymous(), invitation)
	w.Want(err, fault.NotFound)
	w.Want(w.People.Accept(w.Anonymous(), invitation, "Mallory", "another pass phrase 9"), fault.Invalid)
	_, err = signIn(w, asha, testkit.Password, "")
	must(t, err)
}
