package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// totals are what all tenants did so far.
type totals struct {
	cycles, requests, progressEvents, unexpected atomic.Int64

	rows    []rowCount     // as workload.rows
	amounts []atomic.Int64 // as workload.amounts
}

type rowCount struct{ expected, found atomic.Int64 }

func newTotals(w *workload) *totals {
	return &totals{rows: make([]rowCount, len(w.rows)), amounts: make([]atomic.Int64, len(w.amounts))}
}

func (t *totals) allRows() (expected, found int64) {
	for i := range t.rows {
		expected += t.rows[i].expected.Load()
		found += t.rows[i].found.Load()
	}
	return expected, found
}

// tenant is one goroutine's part, and how long its calls took.
type tenant struct {
	pool   *weir.Pool
	work   *workload
	index  int
	totals *totals
	fail   func(error) // notes an error that nobody expected

	createFree, createWaited, destroy histogram
	requests                          []histogram // as workload.methods
}

func newTenant(w *workload, index int) *tenant {
	return &tenant{work: w, index: index, requests: make([]histogram, len(w.methods))}
}

func (t *tenant) name() string { return fmt.Sprintf("tenant-%d", t.index) }

// cycleTimeout ends a cycle that hangs. It is long beyond what a busy machine needs.
const cycleTimeout = 60 * time.Second

// run does cycles until the time is over and all was done once, or until the run is interrupted; a
// cycle that has begun is finished.
func (t *tenant) run(interrupted, timed context.Context) {
	for {
		ctx := timed
		if !t.work.complete() {
			ctx = interrupted // what this cycle is given must be done, however long that takes
		}
		if ctx.Err() != nil {
			return
		}
		t.cycle(ctx)
	}
}

func (t *tenant) cycle(ctx context.Context) {
	work := t.work.next(t)
	began := time.Now()
	tenancy, err := t.create(ctx, work)
	if err != nil {
		// The time may be over while the tenant stands in line.
		if !isEnd(err) || time.Since(began) >= cycleTimeout {
			t.fail(fmt.Errorf("%s: create: %w", t.name(), err))
		}
		return
	}
	if err := t.use(work, tenancy); err != nil {
		t.fail(fmt.Errorf("%s: %w", t.name(), err))
	}
	start := time.Now()
	report, err := tenancy.Destroy(context.Background())
	t.destroy.add(time.Since(start))
	if err != nil || report.Abandoned > 0 {
		t.fail(fmt.Errorf("%s: destroy: %+v, %w", t.name(), report, err))
	}
	t.totals.cycles.Add(1)
}

func (t *tenant) use(work cycle, c *weir.Context) error {
	ctx, cancel := context.WithTimeout(context.Background(), cycleTimeout)
	defer cancel()
	return work.use(ctx, t, c)
}

func isEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// create times a free slot and a wait in line apart: the first is weir's doing, the second depends
// on how long other tenants keep theirs.
func (t *tenant) create(ctx context.Context, work cycle) (*weir.Context, error) {
	start := time.Now()
	c, err := work.create(ctx, weir.WithTag(t.name()), weir.NoWait())
	if err == nil {
		t.createFree.add(time.Since(start))
		return c, nil
	}
	if !errors.Is(err, weir.ErrPoolExhausted) {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, cycleTimeout)
	defer cancel()
	c, err = work.create(ctx, weir.WithTag(t.name()))
	if err == nil {
		t.createWaited.add(time.Since(start))
	}
	return c, err
}

// measure times one request of a method, by its number in workload.methods.
func (t *tenant) measure(method int, request func() error) error {
	start := time.Now()
	err := request()
	t.requests[method].add(time.Since(start))
	t.totals.requests.Add(1)
	return err
}
