package ident_test

import (
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/ident"
)

func TestReferencesAreReadInAnyCase(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 999_999).Draw(t, "number")
		ref := ident.MakeRef("AF26", n)
		got, err := ident.ParseRef(" " + string(ref) + " ")
		if err != nil || got != ref || got.Number() != n || got.Round() != "AF26" {
			t.Fatal(ref, got, err)
		}
	})
	for _, text := range []string{"", "AF26", "AF26-1", "AF26-12345678", "A26-0001", "AF26-0001x", "../AF26-0001"} {
		if ref, err := ident.ParseRef(text); err == nil {
			t.Errorf("%q was read as %s", text, ref)
		}
	}
}

func TestIdsSortByTheTimeTheyWereMade(t *testing.T) {
	t.Parallel()
	last := ident.New[ident.Application]()
	for range 1000 {
		next := ident.New[ident.Application]()
		if next <= last {
			t.Fatal(last, next)
		}
		last = next
	}
	if got, err := ident.Parse[ident.Application](string(last)); err != nil || got != last {
		t.Error(got, err)
	}
	for _, text := range []string{"", "x", string(last) + "x", "{" + string(last)[1:] + "}", "00000000-0000-0000-0000-00000000000g"} {
		if id, err := ident.Parse[ident.Person](text); err == nil {
			t.Errorf("%q was read as %s", text, id)
		}
	}
}
