package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// warmUp is how long the tenants run before anything is counted: threads are started, memory is
// touched, descriptors are opened.
const warmUp = time.Second

// errorsKept: the first ones tell what is wrong, the others only how often.
const errorsKept = 5

// host is one run.
type host struct {
	options  options
	progress *progress
	shares   []share
	pool     *weir.Pool

	lock   sync.Mutex
	errors []string // the first ones, warm-up included
	failed int64    // how many in all
}

func run(ctx context.Context, o options, p *progress) (*report, error) {
	entries, err := readBookmarks(o.data)
	if err != nil {
		return nil, err
	}
	h := &host{options: o, progress: p}
	if h.shares, err = makeShares(entries, o.goroutines); err != nil {
		return nil, err
	}
	library, err := weir.Open(o.library)
	if err != nil {
		return nil, err
	}
	defer library.Close()
	if h.pool, err = library.NewPool(weir.PoolOptions{MaxSlots: o.slots}); err != nil {
		return nil, err
	}
	defer h.pool.Close()
	if err := h.pool.Prewarm(o.slots); err != nil {
		return nil, err
	}
	p.say("weir %s: %d tenants on %d slots, %s bookmarks, %v", weir.Version(), o.goroutines,
		o.slots, number(int64(len(entries))), o.duration)
	r, err := h.measure(ctx)
	if err != nil {
		return nil, err
	}
	return r, h.end(library, r)
}

// measure runs the tenants twice: to warm up, and then to be counted.
func (h *host) measure(ctx context.Context) (*report, error) {
	r := &report{Goroutines: h.options.goroutines, Slots: h.options.slots}
	startGoThreads()
	h.phase(ctx, warmUp, &totals{})
	var err error
	if r.Before, err = takeFootprint(); err != nil {
		return nil, err
	}
	var t totals
	done, followed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(followed)
		h.progress.follow(&t, done)
	}()
	start := time.Now()
	tenants := h.phase(ctx, h.options.duration, &t)
	r.Seconds = time.Since(start).Seconds()
	close(done)
	<-followed
	h.progress.clear()
	r.Interrupted = ctx.Err() != nil
	if r.After, err = takeFootprint(); err != nil {
		return nil, err
	}
	r.count(&t)
	r.time(tenants)
	return r, nil
}

// phase runs all tenants for a time, and returns when the last has finished its cycle.
func (h *host) phase(ctx context.Context, duration time.Duration, t *totals) []*tenant {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	tenants := make([]*tenant, h.options.goroutines)
	var group sync.WaitGroup
	for i := range tenants {
		one := &tenant{pool: h.pool, name: fmt.Sprintf("tenant-%d", i), share: h.shares[i], totals: t}
		one.fail = func(err error) { h.fail(t, err) }
		tenants[i] = one
		group.Add(1)
		go func() {
			defer group.Done()
			one.run(ctx)
		}()
	}
	group.Wait()
	return tenants
}

func (h *host) fail(t *totals, err error) {
	t.unexpected.Add(1)
	h.lock.Lock()
	defer h.lock.Unlock()
	if h.failed++; len(h.errors) < errorsKept {
		h.errors = append(h.errors, err.Error())
	}
}

// end closes everything and looks what is left.
func (h *host) end(library *weir.Library, r *report) (err error) {
	if r.Pool, err = h.pool.Stats(); err != nil {
		return err
	}
	r.Close, err = h.pool.Shutdown(context.Background())
	if err != nil {
		h.errors = append(h.errors, err.Error())
		h.failed++
	}
	if err := library.Close(); err != nil {
		return err
	}
	if r.Live, err = settled(); err != nil {
		return err
	}
	r.Errors, r.ErrorCount = h.errors, h.failed
	r.judge()
	return nil
}

// settled counts the live objects, and gives threads that end a moment to let go of theirs.
func settled() (live weir.ProcessStats, err error) {
	for i := 0; i < 1000; i++ {
		live, err = weir.GetProcessStats()
		if err != nil || live == (weir.ProcessStats{}) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return live, err
}
