package people_test

import (
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/people"
	"adoptionfund/internal/testkit"
)

func TestSomebodyConfirmsThatItIsTheyForFiveMinutes(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	if visitor(t, w, in.Token).Principal.Confirmed {
		t.Error("signing in counts as confirming")
	}
	ctx := access.With(t.Context(), visitor(t, w, in.Token).Principal)
	_, err = w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token})
	w.Want(err, fault.Invalid)
	who, err := w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token, Password: "not the pass phrase"})
	w.Want(err, fault.Invalid)
	if who.Confirmed || visitor(t, w, in.Token).Principal.Confirmed {
		t.Error("a wrong password confirms")
	}
	who, err = w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token, Password: testkit.Password})
	must(t, err)
	if !who.Confirmed || !visitor(t, w, in.Token).Principal.Confirmed {
		t.Error("the password does not confirm")
	}
	other, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	if visitor(t, w, other.Token).Principal.Confirmed {
		t.Error("it counts in another session too")
	}
	w.Clock.Add(5 * time.Minute)
	if visitor(t, w, in.Token).Principal.Confirmed {
		t.Error("it counts after five minutes")
	}
}

func TestWrongPasswordsBeforeAnApprovalMakeOneWaitAsAtSigningIn(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	ctx := access.With(t.Context(), visitor(t, w, in.Token).Principal)
	for range w.Config.Accounts.TriesBeforeWait {
		_, err = w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token, Password: "not the pass phrase"})
		w.Want(err, fault.Invalid)
	}
	_, err = w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token, Password: testkit.Password})
	w.Want(err, fault.TooMany)
	_, err = signIn(w, asha, testkit.Password, "")
	w.Want(err, fault.TooMany)
}

func TestASessionOfSomebodyElseConfirmsNobody(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	w.WithPassword("stranger")
	stranger, err := signIn(w, "stranger@fund.example", testkit.Password, "")
	must(t, err)
	ctx := access.With(t.Context(), visitor(t, w, stranger.Token).Principal)
	_, err = w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token, Password: testkit.Password})
	w.Want(err, fault.SignIn)
}

func TestWhoeverHasOneTimeCodesConfirmsWithOneToo(t *testing.T) {
	t.Parallel()
	w := signedUp(t)
	in, err := signIn(w, asha, testkit.Password, "")
	must(t, err)
	secret, _ := enrolled(t, w, asha, in.Token)
	ctx := access.With(t.Context(), visitor(t, w, in.Token).Principal)
	asks, err := w.People.AsksCode(ctx)
	must(t, err)
	if !asks {
		t.Error("no code is asked")
	}
	_, err = w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token, Password: testkit.Password})
	w.Want(err, fault.Invalid)
	_, err = w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token, Password: testkit.Password, Code: "000000"})
	w.Want(err, fault.Invalid)
	w.Clock.Add(time.Minute)
	_, err = w.People.ConfirmIdentity(ctx, people.Identity{Token: in.Token, Password: testkit.Password, Code: code(t, w, secret)})
	must(t, err)
}
