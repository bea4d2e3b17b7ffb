package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"runtime"
	"time"
)

// Pool keeps slots of one library and leases them as Contexts.
//
// A Pool is closed by its owner. One that the program can no longer reach, and none of its
// Contexts, is closed by the garbage collector, and reported: see NoticePoolLeaked. That needs Go
// 1.24 or later.
type Pool struct {
	state *poolState
}

// CloseReport says what closing a pool did.
type CloseReport struct {
	ContextsDestroyed int // contexts that were open
	SlotsRetired      int // slots whose threads have ended
	SlotsAbandoned    int // slots whose handler still runs
	CallbacksRunning  int // listeners that still run
	Took              time.Duration
}

// NewPool makes a pool of contexts of the library. It builds no slot yet; see Prewarm. Until the
// pool is closed, one goroutine collects its responses and events; while there are none, that
// goroutine holds a thread.
//
// It fails with ErrInvalidArgument and a message that names the option, or with ErrStaleHandle when
// the library is closed.
func (l *Library) NewPool(options PoolOptions) (*Pool, error) {
	native, err := options.convert()
	if err != nil {
		return nil, err
	}
	if !l.retain() {
		return nil, statusError("new pool", C.WEIR_ERR_STALE_HANDLE)
	}
	state := &poolState{
		library: l, onNotice: options.OnNotice, maker: callersOf(1), closed: make(chan struct{}),
	}
	if err := state.open(&native); err != nil {
		l.release()
		return nil, err
	}
	p := &Pool{state}
	watchPool(p)
	return p, nil
}

// Library is what the pool's contexts are of.
func (p *Pool) Library() *Library { return p.state.library }

// Prewarm builds slots until `count` are idle or MaxSlots exist, so that the first Creates need
// not. It blocks its thread while the system starts theirs.
func (p *Pool) Prewarm(count int) error {
	if count < 0 || count > C.WEIR_SLOTS_MAX {
		return &Error{Op: "prewarm", Code: ErrInvalidArgument, Message: "count is out of range"}
	}
	defer runtime.KeepAlive(p)
	result := C.weirgo_pool_prewarm(p.state.handle, C.uint32_t(count))
	if result.status != C.WEIR_OK {
		return newError("prewarm", result)
	}
	return nil
}

// Close closes the pool: it destroys its contexts as Context.Destroy does, lets waiting Creates
// fail with ErrClosed, and ends its threads. It waits for that, 6 seconds at most, and then fails
// with ErrTimedOut. Listeners that run are waited for as Destroy does. Closing twice is no error.
func (p *Pool) Close() error {
	_, err := p.Shutdown(context.Background())
	return err
}

// Shutdown is Close with a report. When ctx ends first, it returns at once, and the closing goes
// on. Any number of calls get the same report.
func (p *Pool) Shutdown(ctx context.Context) (CloseReport, error) {
	defer runtime.KeepAlive(p)
	return p.state.shutdown(ctx)
}
