package main

import (
	"context"
	"sync"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// errorsKept: the first ones tell what is wrong, the others only how often.
const errorsKept = 5

// host is one run.
type host struct {
	options  options
	work     *workload
	progress *progress
	pool     *weir.Pool

	lock   sync.Mutex
	errors []string // the first ones, warm-up included
	failed int64    // how many in all
}

func run(ctx context.Context, o options, p *progress) (*report, error) {
	work, library, err := open(ctx, o, p)
	if err != nil {
		return nil, err
	}
	defer library.Close()
	h := &host{options: o, work: work, progress: p}
	options := work.pool
	options.MaxSlots = work.slots
	if h.pool, err = library.NewPool(options); err != nil {
		return nil, err
	}
	defer h.pool.Close()
	if err := h.pool.Prewarm(work.slots); err != nil {
		return nil, err
	}
	p.say("weir %s: %d tenants on %d slots, %s, %v", weir.Version(), work.goroutines, work.slots,
		work.describe, o.duration)
	r, err := h.measure(ctx)
	if err != nil {
		return nil, err
	}
	return r, h.end(library, r)
}

// measure runs the tenants twice: to warm up, and then to be counted.
func (h *host) measure(ctx context.Context) (*report, error) {
	r := &report{Library: h.work.name, Goroutines: h.work.goroutines, Slots: h.work.slots,
		Verdict: h.work.verdict}
	startGoThreads()
	h.phase(ctx, h.work.warmUp, newTotals(h.work))
	var err error
	if r.Before, err = h.footprint(); err != nil {
		return nil, err
	}
	t := newTotals(h.work)
	done, followed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(followed)
		h.progress.follow(t, done)
	}()
	start := time.Now()
	tenants := h.phase(ctx, h.options.duration, t)
	r.Seconds = time.Since(start).Seconds()
	close(done)
	<-followed
	h.progress.clear()
	r.Interrupted = ctx.Err() != nil
	if r.After, err = h.footprint(); err != nil {
		return nil, err
	}
	r.count(h.work, t)
	r.time(h.work, tenants)
	return r, nil
}

// prepareTimeout is long beyond what building an environment takes.
const prepareTimeout = 30 * time.Second

// footprint is taken when the pool is at rest: a slot whose environment is being built anew holds
// fewer descriptors for that time.
func (h *host) footprint() (footprint, error) {
	for end := time.Now().Add(prepareTimeout); h.work.pool.MinClean > 0; {
		stats, err := h.pool.Stats()
		if err != nil {
			return footprint{}, err
		}
		if stats.SlotsPrepared >= h.work.pool.MinClean || time.Now().After(end) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return takeFootprint()
}

// phase runs all tenants for a time, and returns when the last has finished its cycle.
func (h *host) phase(ctx context.Context, duration time.Duration, t *totals) []*tenant {
	timed, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	if h.work.begin != nil {
		h.work.begin()
	}
	tenants := make([]*tenant, h.work.goroutines)
	var group sync.WaitGroup
	for i := range tenants {
		one := newTenant(h.work, i)
		one.pool, one.totals = h.pool, t
		one.fail = func(err error) { h.fail(t, err) }
		tenants[i] = one
		group.Add(1)
		go func() {
			defer group.Done()
			one.run(ctx, timed)
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
