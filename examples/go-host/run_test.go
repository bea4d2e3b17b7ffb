package main

import (
	"context"
	"io"
	"testing"
	"time"
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

func TestAnInterruptedRunReportsWhatItDid(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	r := start(t, ctx, options{duration: time.Hour, goroutines: 4, slots: 4})
	if !r.Interrupted || r.Seconds > 600 {
		t.Errorf("report: %+v", r)
	}
}
