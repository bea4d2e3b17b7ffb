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

// closeTimeout bounds the closing of a pool: weir's own default.
const closeTimeout = 6 * time.Second

// poolState is a Pool without what keeps it in use: what runs for the pool refers to the state, and
// only the program and its Contexts refer to the Pool. So a Pool that was dropped can be told.
type poolState struct {
	library   *Library
	handle    C.weir_handle
	delivery  delivery
	onNotice  func(Notice)
	maker     callers      // who made it
	waiting   atomic.Int64 // goroutines that wait in Create
	listening runners      // of all its contexts

	once   sync.Once
	closed chan struct{} // closed when closing is over, when `report` and `err` are set
	report CloseReport
	err    error
}

func (p *poolState) open(options *C.weir_pool_options) error {
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

// shutdown is Pool.Shutdown.
func (p *poolState) shutdown(ctx context.Context) (CloseReport, error) {
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
func (p *poolState) close() {
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
