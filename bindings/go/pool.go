package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Pool keeps slots of one library and leases them as Contexts.
type Pool struct {
	library   *Library
	handle    C.weir_handle
	delivery  delivery
	onNotice  func(Notice)
	waiting   atomic.Int64 // goroutines that wait in Create
	listening runners      // of all its contexts

	once   sync.Once
	closed chan struct{} // closed when closing is over, when `report` and `err` are set
	report CloseReport
	err    error
}

// CloseReport says what closing a pool did.
type CloseReport struct {
	ContextsDestroyed int // contexts that were open
	SlotsRetired      int // slots whose threads have ended
	SlotsAbandoned    int // slots whose handler still runs
	CallbacksRunning  int // listeners that still run
	Took              time.Duration
}

// closeTimeout bounds the closing of a pool: weir's own default.
const closeTimeout = 6 * time.Second

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
	p := &Pool{library: l, onNotice: options.OnNotice, closed: make(chan struct{})}
	if err := p.open(&native); err != nil {
		l.release()
		return nil, err
	}
	return p, nil
}

func (p *Pool) open(options *C.weir_pool_options) error {
	p.delivery = newDelivery()
	callback, err := p.delivery.prepare(options)
	if err != nil {
		return err
	}
	p.delivery.start()
	withCallback := C.int(0)
	if callback {
		withCallback = 1
	}
	result := C.weirgo_pool_create(p.library.handle, options, withCallback)
	if result.status != C.WEIR_OK {
		p.delivery.stop(false)
		return newError("new pool", result)
	}
	p.handle = C.weir_handle(result.value)
	return nil
}

// Prewarm builds slots until `count` are idle or MaxSlots exist, so that the first Creates need
// not. It blocks its thread while the system starts theirs.
func (p *Pool) Prewarm(count int) error {
	if count < 0 || count > C.WEIR_SLOTS_MAX {
		return &Error{Op: "prewarm", Code: ErrInvalidArgument, Message: "count is out of range"}
	}
	result := C.weirgo_pool_prewarm(p.handle, C.uint32_t(count))
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
	p.once.Do(func() { go p.close() })
	select {
	case <-p.closed:
		report := p.report
		report.CallbacksRunning = p.listening.wait()
		return report, p.err
	case <-ctx.Done():
		return CloseReport{}, contextError("close pool", ctx)
	}
}

// close blocks its thread.
func (p *Pool) close() {
	var r C.weir_close_report
	r.struct_size = C.sizeof_weir_close_report
	timeout := C.uint32_t(closeTimeout / time.Millisecond)
	status := C.weir_pool_close_wait(p.handle, timeout, &r)
	p.report = CloseReport{
		ContextsDestroyed: int(r.contexts_destroyed),
		SlotsRetired:      int(r.slots_retired),
		SlotsAbandoned:    int(r.slots_abandoned),
		Took:              time.Duration(r.took_us) * time.Microsecond,
	}
	if status != C.WEIR_OK {
		p.err = statusError("close pool", status)
	}
	p.delivery.stop(status != C.WEIR_OK)
	p.library.release()
	close(p.closed)
}
