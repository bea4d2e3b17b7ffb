package main

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// start is the whole host over the real library and file.
func start(t *testing.T, ctx context.Context, o options) *report {
	t.Helper()
	o.library = libraryNative
	if _, err := bookmarksWork(o); err != nil {
		t.Skip(err) // the library is not built
	}
	r, err := run(ctx, o, &progress{output: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Broken) > 0 || len(r.Errors) > 0 {
		t.Errorf("broken: %q, errors: %q", r.Broken, r.Errors)
	}
	return r
}

func TestARunFindsEveryRow(t *testing.T) {
	r := start(t, context.Background(), options{
		duration: time.Second, goroutines: 16, slots: 4,
	})
	if r.Cycles == 0 || r.Rows[0].Found == 0 || r.Rows[1].Found == 0 {
		t.Errorf("report: %+v", r)
	}
	if r.Pool.SlotsBuilt != 4 {
		t.Errorf("%d slots were built", r.Pool.SlotsBuilt)
	}
}

func TestEveryResultIsPrettiersOwn(t *testing.T) {
	file, err := findFile("file", "", formatterFile)
	if err != nil {
		t.Skip(err) // not built
	}
	library, err := weir.Open(file)
	if errors.Is(err, weir.ErrEngineMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	library.Close()
	for _, isolation := range []string{"instance", "environment"} {
		r, err := run(context.Background(), options{
			library: libraryFormatter, duration: time.Second, slots: 2, goroutines: 3,
			isolation: isolation, batch: 4, corpus: corpusLimits{24, 1 << 20, 10_000},
		}, &progress{output: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Broken) > 0 || len(r.Errors) > 0 {
			t.Errorf("%s: broken: %q, errors: %q", isolation, r.Broken, r.Errors)
		}
		if r.Rows[0].Found < 24 || r.ProgressEvents == 0 {
			t.Errorf("%s: %+v", isolation, r)
		}
		if built := r.Pool.EnvironmentsRebuilt > 0; built != (isolation == "environment") {
			t.Errorf("%s: %d environments were built anew", isolation, r.Pool.EnvironmentsRebuilt)
		}
	}
}

func TestAnInterruptedRunReportsWhatItDid(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	r := start(t, ctx, options{duration: time.Hour, goroutines: 4, slots: 4})
	if !r.Interrupted || r.Seconds > 600 {
		t.Errorf("report: %+v", r)
	}
}
