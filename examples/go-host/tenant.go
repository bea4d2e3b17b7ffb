package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// totals are what all tenants did so far.
type totals struct {
	cycles, requests           atomic.Int64
	imported, importedExpected atomic.Int64
	found, foundExpected       atomic.Int64
	progressEvents, unexpected atomic.Int64
}

// tenant is one goroutine's part: its share of the file, and how long its calls took.
type tenant struct {
	pool   *weir.Pool
	name   string
	share  share
	totals *totals
	fail   func(error) // notes an error that nobody expected

	createFree, createWaited, destroy histogram
	imports, searches, counts         histogram
}

// cycleTimeout ends a cycle that hangs. It is long beyond what a busy machine needs.
const cycleTimeout = 60 * time.Second

// run does cycles until ctx ends; a cycle that has begun is finished.
func (t *tenant) run(ctx context.Context) {
	for ctx.Err() == nil {
		tenancy, err := t.create(ctx)
		if err != nil {
			if isEnd(err) { // of the run, while the tenant stood in line
				return
			}
			t.fail(fmt.Errorf("%s: create: %w", t.name, err))
			continue
		}
		if err := t.use(tenancy); err != nil {
			t.fail(fmt.Errorf("%s: %w", t.name, err))
		}
		start := time.Now()
		report, err := tenancy.Destroy(context.Background())
		t.destroy.add(time.Since(start))
		if err != nil || report.Abandoned > 0 {
			t.fail(fmt.Errorf("%s: destroy: %+v, %w", t.name, report, err))
		}
		t.totals.cycles.Add(1)
	}
}

func isEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// create times a free slot and a wait in line apart: the first is weir's doing, the second depends
// on how long other tenants keep theirs.
func (t *tenant) create(ctx context.Context) (*weir.Context, error) {
	start := time.Now()
	c, err := t.pool.Create(ctx, nil, weir.WithTag(t.name), weir.NoWait())
	if err == nil {
		t.createFree.add(time.Since(start))
		return c, nil
	}
	if !errors.Is(err, weir.ErrPoolExhausted) {
		return nil, err
	}
	c, err = t.pool.Create(ctx, nil, weir.WithTag(t.name))
	if err == nil {
		t.createWaited.add(time.Since(start))
	}
	return c, err
}

// use imports the share and looks whether all of it is there.
func (t *tenant) use(c *weir.Context) error {
	ctx, cancel := context.WithTimeout(context.Background(), cycleTimeout)
	defer cancel()
	progress, _, err := c.Events("progress", 16)
	if err != nil {
		return err
	}
	var imported struct{ Imported, Skipped int }
	if err := t.request(ctx, c, "import", t.share.file, &imported, &t.imports); err != nil {
		return err
	}
	t.totals.importedExpected.Add(int64(t.share.rows))
	t.totals.imported.Add(int64(imported.Imported))
	if imported.Imported != t.share.rows || imported.Skipped != t.share.entries-t.share.rows {
		return fmt.Errorf("import: %+v of %d rows and %d doubles", imported, t.share.rows,
			t.share.entries-t.share.rows)
	}
	if err := t.awaitProgress(ctx, progress); err != nil {
		return err
	}
	var counted struct{ Count int }
	if err := t.request(ctx, c, "count", nil, &counted, &t.counts); err != nil {
		return err
	}
	if counted.Count != t.share.rows {
		return fmt.Errorf("count: %d of %d rows", counted.Count, t.share.rows)
	}
	for i := range t.share.searches {
		if err := t.search(ctx, c, &t.share.searches[i]); err != nil {
			return err
		}
	}
	return nil
}

// awaitProgress waits for the event that says that all is imported.
func (t *tenant) awaitProgress(ctx context.Context, events <-chan weir.Event) error {
	for {
		select {
		case e := <-events:
			var progress struct{ Done, Total int }
			if err := json.Unmarshal(e.Payload, &progress); err != nil {
				return fmt.Errorf("progress: %q: %w", e.Payload, err)
			}
			t.totals.progressEvents.Add(1)
			if progress.Done == progress.Total && progress.Total == t.share.entries {
				return nil
			}
		case <-ctx.Done():
			return fmt.Errorf("progress: the last event did not come: %w", ctx.Err())
		}
	}
}

func (t *tenant) search(ctx context.Context, c *weir.Context, s *search) error {
	var answer struct {
		Results []struct{ URL string }
	}
	if err := t.request(ctx, c, "search", s.request, &answer, &t.searches); err != nil {
		return err
	}
	t.totals.foundExpected.Add(int64(s.rows))
	rows := 0
	for _, result := range answer.Results {
		if s.urls[result.URL] {
			rows++
		}
	}
	t.totals.found.Add(int64(rows))
	if rows != s.rows || len(answer.Results) != s.rows {
		return fmt.Errorf("search for %q: %d rows, %d of them the right ones, of %d", s.word,
			len(answer.Results), rows, s.rows)
	}
	return nil
}

func (t *tenant) request(
	ctx context.Context, c *weir.Context, method string, payload []byte, answer any, times *histogram,
) error {
	start := time.Now()
	text, err := c.Request(ctx, method, payload)
	times.add(time.Since(start))
	t.totals.requests.Add(1)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s: the answer is no JSON: %w", method, err)
	}
	return nil
}
