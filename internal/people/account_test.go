package people_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

const asha = "asha@lead.example"

// signedUp is a world in which Asha has signed up and confirmed her address.
func signedUp(t *testing.T) *testkit.World {
	t.Helper()
	w := testkit.New(t)
	must(t, w.People.SignUp(w.Anonymous(), people.SignUp{Email: " Asha@Lead.example ", Name: "Asha  Invented", Password: testkit.Password}))
	must(t, w.People.Confirm(w.Anonymous(), w.Token(asha)))
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func signIn(w *testkit.World, email, password, code string) (people.SignedIn, error) {
	return w.People.SignIn(w.Anonymous(), people.SignIn{Email: email, Password: password, Code: code, Agent: "test"})
}

func visitor(t *testing.T, w *testkit.World, token string) people.Visitor {
	t.Helper()
	v, err := w.People.Visitor(t.Context(), token)
	must(t, err)
	return v
}

func TestSomebodySignsUpConfirmsAndSignsIn(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	must(t, w.People.SignUp(w.Anonymous(), people.SignUp{Email: asha, Name: "Asha Invented", Password: testkit.Password}))
	_, err := signIn(w, asha, testkit.Password, "")
	w.Want(err, fault.Invalid)
	token := w.Token(asha)
	must(t, w.People.Confirm(w.Anonymous(), token))
	w.Want(w.People.Confirm(w.Anonymous(), token), fault.Invalid)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	v := visitor(t, w, in.Token)
	if v.Principal.Email != asha || v.Principal.Name != "Asha Invented" || v.MustEnrol {
		t.Errorf("%+v", v)
	}
	if !w.Gate.Policy().MayAnywhere(v.Principal, access.StartApplication) {
		t.Error("who signed up cannot start an application")
	}
	must(t, w.People.SignOut(access.With(t.Context(), v.Principal), in.Token))
	if after := visitor(t, w, in.Token); after.Principal.Kind == access.Person {
		t.Error("the session goes on after signing out")
	}
}

func TestWhatIsTypedToSignUpIsChecked(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	cases := map[string]struct {
		in    people.SignUp
		field string
	}{
		"no address":         {people.SignUp{"", "A", testkit.Password}, "email"},
		"not an address":     {people.SignUp{"asha", "A", testkit.Password}, "email"},
		"no domain":          {people.SignUp{"a@localhost", "A", testkit.Password}, "email"},
		"a second recipient": {people.SignUp{"a@b.example\nBcc: c@d.example", "A", testkit.Password}, "email"},
		"no name":            {people.SignUp{asha, "  ", testkit.Password}, "name"},
		"a long name":        {people.SignUp{asha, strings.Repeat("n", 201), testkit.Password}, "name"},
		"a short password":   {people.SignUp{asha, "A", "eleven char"}, "password"},
		"a long password":    {people.SignUp{asha, "A", strings.Repeat("ab1 ", 51)}, "password"},
		"a known password":   {people.SignUp{asha, "A", "password1234"}, "password"},
		"a repeated piece":   {people.SignUp{asha, "A", "abcabcabcabc"}, "password"},
		"the address":        {people.SignUp{asha, "A", asha}, "password"},
	}
	for name, c := range cases {
		err := w.People.SignUp(w.Anonymous(), c.in)
		if f, ok := fault.Of(err); !ok || f.Fields[c.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASignUpDoesNotTellWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	must(t, w.People.SignUp(w.Anonymous(), people.SignUp{Email: asha, Name: "Mallory", Password: "another pass phrase 9"}))
	if m := w.Mails(asha)[0]; m.Kind != "account.known" {
		t.Errorf("the newest mail is %s", m.Kind)
	}
	_, err := signIn(w, asha, "another pass phrase 9", "")
	w.Want(err, fault.Invalid)
	_, err = signIn(w, asha, testkit.Password, "")
	must(t, err)
}

func TestAWrongPasswordIsAnsweredAsAnUnknownPerson(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	_, wrong := signIn(w, asha, "not the pass phrase", "")
	_, unknown := signIn(w, "nobody@lead.example", "not the pass phrase", "")
	w.Want(wrong, fault.Invalid)
	if wrong.Error() != unknown.Error() {
		t.Errorf("%v\n%v", wrong, unknown)
	}
}

func TestWrongTriesInARowMakeOneWait(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	for range w.Config.Accounts.TriesBeforeWait {
		_, err := signIn(w, asha, "not the pass phrase", "")
		w.Want(err, fault.Invalid)
	}
	_, err := signIn(w, asha, testkit.Password, "")
	w.Want(err, fault.TooMany)
	w.Clock.Add(61 * time.Second)
	_, err = signIn(w, asha, "wrong once more", "")
	w.Want(err, fault.Invalid)
	w.Clock.Add(61 * time.Second)
	_, err = signIn(w, asha, testkit.Password, "")
	w.Want(err, fault.TooMany) // twice as long
	w.Clock.Add(time.Minute)
	_, err = signIn(w, asha, testkit.Password, "")
	must(t, err)
	_, err = signIn(w, asha, "not the pass phrase", "")
	w.Want(err, fault.Invalid) // the count began anew
}

func TestAPasswordIsResetWithALinkOnce(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	must(t, w.People.RequestReset(w.Anonymous(), "nobody@lead.example"))
	must(t, w.People.RequestReset(w.Anonymous(), asha))
	first := w.Token(asha)
	w.Clock.Add(time.Second)
	must(t, w.People.RequestReset(w.Anonymous(), asha))
	second := w.Token(asha)
	w.Want(w.People.Reset(w.Anonymous(), first, "a new pass phrase 8"), fault.Invalid)
	w.Want(w.People.Reset(w.Anonymous(), second, "short"), fault.Invalid)
	must(t, w.People.Reset(w.Anonymous(), second, "a new pass phrase 8"))
	w.Want(w.People.Reset(w.Anonymous(), second, "a third pass phrase"), fault.Invalid)
	if v := visitor(t, w, in.Token); v.Principal.Kind == access.Person {
		t.Error("an old session outlived the reset")
	}
	_, err = signIn(w, asha, testkit.Password, "")
	w.Want(err, fault.Invalid)
	_, err = signIn(w, asha, "a new pass phrase 8", "")
	must(t, err)
	must(t, w.People.RequestReset(w.Anonymous(), asha))
	w.Clock.Add(time.Duration(w.Config.Accounts.ResetMinutes+1) * time.Minute)
	w.Want(w.People.Reset(w.Anonymous(), w.Token(asha), "a fourth pass phrase"), fault.Invalid)
}

func TestChangingThePasswordKeepsThisSessionOnly(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	here, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	there, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	w.Want(w.People.ChangePassword(w.As(asha), here.Token, "not the old one", "a new pass phrase 8"), fault.Invalid)
	must(t, w.People.ChangePassword(w.As(asha), here.Token, testkit.Password, "a new pass phrase 8"))
	if visitor(t, w, here.Token).Principal.Kind != access.Person || visitor(t, w, there.Token).Principal.Kind == access.Person {
		t.Error("the wrong session ended")
	}
}

func TestASessionEndsAtItsTime(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	w.Clock.Add(w.Config.Accounts.SessionLifetime - time.Second)
	if visitor(t, w, in.Token).Principal.Email != asha {
		t.Error("ended early")
	}
	w.Clock.Add(time.Second)
	if visitor(t, w, in.Token).Principal.Email != "" {
		t.Error("did not end")
	}
	w.Clock.Add(48 * time.Hour)
	must(t, w.People.RemoveExpired(t.Context()))
	if v := visitor(t, w, in.Token); v.Session.ID != "" {
		t.Error("the row was not removed")
	}
}

func TestEverySessionCanBeSeenAndEnded(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	var tokens []string
	for range 3 {
		in, err := signIn(w, asha, testkit.Password, "")
		must(t, err)
		w.Clock.Add(time.Second)
		tokens = append(tokens, in.Token)
	}
	rows, err := w.People.Sessions(w.As(asha))
	must(t, err)
	if len(rows) != 3 || rows[0].Agent != "test" {
		t.Fatalf("%+v", rows)
	}
	must(t, w.People.EndSessions(w.As(asha), rows[0].ID))
	if visitor(t, w, tokens[2]).Principal.Email != "" || visitor(t, w, tokens[1]).Principal.Email == "" {
		t.Error("the wrong session ended")
	}
	w.Person("mallory", "", access.Scope{})
	must(t, w.People.EndSessions(w.As("mallory"), rows[1].ID))
	if visitor(t, w, tokens[1]).Principal.Email == "" {
		t.Error("somebody ended another's session")
	}
	must(t, w.People.EndSessions(w.As(asha), ""))
	if visitor(t, w, tokens[0]).Principal.Email != "" {
		t.Error("a session is left")
	}
}

// enrolled sets up one-time codes in a session and gives the secret and the recovery codes.
func enrolled(t *testing.T, w *testkit.World, email, token string) (string, []string) {
	t.Helper()
	ctx := w.As(email)
	start, err := w.People.StartFactor(ctx)
	must(t, err)
	if !strings.HasPrefix(start.Address, "otpauth://totp/") || !strings.Contains(start.Address, start.Secret) {
		t.Fatalf("%+v", start)
	}
	_, err = w.People.ConfirmFactor(ctx, token, start.Secret, "000000")
	w.Want(err, fault.Invalid)
	codes, err := w.People.ConfirmFactor(ctx, token, start.Secret, code(t, w, start.Secret))
	must(t, err)
	return start.Secret, codes
}

func code(t *testing.T, w *testkit.World, secret string) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, w.Clock.Now())
	must(t, err)
	return c
}

func TestAOneTimeCodeWorksOnceAndARecoveryCodeOnce(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	secret, recovery := enrolled(t, w, asha, in.Token)
	asked, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	if !asked.NeedsCode || asked.Token != "" {
		t.Fatalf("%+v", asked)
	}
	_, err = signIn(w, asha, testkit.Password, code(t, w, secret)) // used at the set-up
	w.Want(err, fault.Invalid)
	w.Clock.Add(time.Minute)
	now := code(t, w, secret)
	_, err = signIn(w, asha, testkit.Password, now)
	must(t, err)
	_, err = signIn(w, asha, testkit.Password, now)
	w.Want(err, fault.Invalid)
	w.Clock.Add(10 * time.Minute)
	_, err = signIn(w, asha, testkit.Password, now)
	w.Want(err, fault.Invalid)
	_, err = signIn(w, asha, testkit.Password, strings.ToUpper(recovery[3]))
	must(t, err)
	_, err = signIn(w, asha, testkit.Password, recovery[3])
	w.Want(err, fault.Invalid)
	if len(recovery) != 10 {
		t.Errorf("%d recovery codes", len(recovery))
	}
	if _, err := w.People.StartFactor(w.As(asha)); !fault.Is(err, fault.Conflict) {
		t.Error("codes were set up twice", err)
	}
}

func TestRolesThatNeedACodeDoNotCountBeforeItIsSetUp(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	w.Person(asha, "administrator", access.Scope{})
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	v := visitor(t, w, in.Token)
	policy := w.Gate.Policy()
	if !v.MustEnrol || policy.MayAnywhere(v.Principal, access.InvitePerson) {
		t.Errorf("the role counts without a code: %+v", v)
	}
	secret, _ := enrolled(t, w, asha, in.Token)
	v = visitor(t, w, in.Token)
	if v.MustEnrol || !policy.MayAnywhere(v.Principal, access.InvitePerson) {
		t.Errorf("the role does not count with a code: %+v", v)
	}
	p, err := w.People.As(t.Context(), asha)
	must(t, err)
	must(t, w.People.ResetFactor(w.Operator(), p.ID))
	if visitor(t, w, in.Token).Principal.Email != "" {
		t.Error("sessions outlived the reset of codes")
	}
	again, err := signIn(w, asha, testkit.Password, code(t, w, secret))
	must(t, err)
	if v := visitor(t, w, again.Token); !v.MustEnrol {
		t.Error("after a reset codes are not asked to be set up again")
	}
}

func TestAHeldFormGoesBackToTheSamePersonOnly(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	w.Clock.Add(w.Config.Accounts.SessionLifetime + time.Second)
	id, err := w.People.Hold(w.Anonymous(), in.Token, "/applications/AF26-0001/sections/summary", "SU1=a+title")
	must(t, err)
	if none, err := w.People.Hold(w.Anonymous(), "a token of nobody", "/", "x=1"); err != nil || none != "" {
		t.Error("a form of nobody was held", none, err)
	}
	w.Person("mallory", "", access.Scope{})
	if held, err := w.People.TakeHeld(w.As("mallory"), id); err != nil || held != nil {
		t.Errorf("somebody else got it: %+v %v", held, err)
	}
	if held, err := w.People.TakeHeld(w.Anonymous(), id); err != nil || held != nil {
		t.Errorf("nobody got it: %+v %v", held, err)
	}
	held, err := w.People.TakeHeld(w.As(asha), id)
	must(t, err)
	if held == nil || held.Body != "SU1=a+title" {
		t.Fatalf("%+v", held)
	}
	if again, err := w.People.TakeHeld(w.As(asha), id); err != nil || again != nil {
		t.Error("it was given twice", err)
	}
	if bad, err := w.People.TakeHeld(w.As(asha), "not an id"); err != nil || bad != nil {
		t.Error("a wrong id", bad, err)
	}
}

func TestAPersonIsFoundInTheNamesOfOthersByTheirId(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	p := w.Person("reader", "", access.Scope{})
	w.Read(func(tx *work.Tx) error {
		names, err := people.Names(tx, p.ID, ident.New[ident.Person]())
		if len(names) != 1 || names[p.ID] != p.Name {
			t.Errorf("%v", names)
		}
		return err
	})
}
