package main

import (
	"context"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// workload is what tenants do with one library, and how it is known to be right.
type workload struct {
	name     string // of the flag -library
	file     string // the library
	describe string // what the tenants work on, in words
	verdict  string // what has been shown when nothing is broken

	goroutines, slots int
	warmUp            time.Duration // threads are started, memory is touched, code is compiled
	pool              weir.PoolOptions

	methods []string // in the order of their numbers for tenant.measure
	rows    []string // what is expected and counted, see totals.rows
	amounts []string // what is counted only, see totals.amounts

	// next is what a tenant does in its next context. Any goroutine calls it.
	next func(t *tenant) cycle
	// begin is called before all tenants begin, once for warm-up and once to be counted; may be nil.
	begin func()
	// complete reports whether all that there is was done once, so that a run may end.
	complete func() bool
}

// cycle is the use of one context.
type cycle struct {
	create func(ctx context.Context, options ...weir.ContextOption) (*weir.Context, error)
	use    func(ctx context.Context, t *tenant, c *weir.Context) error
}
