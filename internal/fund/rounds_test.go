package fund_test

import (
	"io/fs"
	"testing"

	"adoptionfund/configs"
	"adoptionfund/internal/fund"
)

func TestTheRoundsThatComeWithTheProgramAreInOrder(t *testing.T) {
	t.Parallel()
	paths, err := fs.Glob(configs.FS, "rounds/*.yaml")
	if err != nil || len(paths) != 2 {
		t.Fatal(paths, err)
	}
	for _, p := range paths {
		data, err := configs.FS.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := fund.ParseFile(p, data)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(f.Calls) != 4 || f.Calls[0].Review.Kinds["clinical"] != 1 || f.Calls[1].Forms.Application != "application-1" {
			t.Errorf("%s: %+v", p, f.Calls)
		}
	}
}
