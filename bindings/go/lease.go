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
	"unsafe"
)

// lease is a Context without what keeps it in use: weir's records find it, while only the program
// refers to the Context. So a Context that was dropped can be told from one that waits.
type lease struct {
	pool      *poolState
	handle    C.weir_handle
	token     token
	tag       string
	created   chan createdRecord // of a create that waits, else nil
	events    eventQueue
	inFlight  atomic.Int32 // requests
	submitter submitter
	owner     contextRef
	maker     callers // who made it

	lock      sync.Mutex
	listeners map[*Listener]struct{}
	ended     bool          // Destroy was called, or the pool destroyed it
	done      chan struct{} // closed with the DESTROYED record, when `report` and `err` are set
	report    DestroyReport
	err       error
}

// leases finds the lease of a record that belongs to no request or listener.
var leases registry[lease]

func (l *lease) destroy(ctx context.Context) (DestroyReport, error) {
	if err := l.begin(); err != nil {
		return DestroyReport{}, err
	}
	select {
	case <-l.done:
	case <-ctx.Done():
		return DestroyReport{}, contextError("destroy", ctx)
	case <-l.pool.closed:
		select {
		case <-l.done:
		default: // the pool was closed and gave this context up
			return DestroyReport{}, &Error{Op: "destroy", Code: ErrClosed}
		}
	}
	report := l.report
	report.CallbacksRunning += l.events.running.wait()
	return report, l.err
}

// begin starts the destruction once. A handle that is stale was destroyed by its pool, which tells
// by the same record.
func (l *lease) begin() error {
	if !l.end() {
		return nil
	}
	status := C.weir_context_destroy(l.handle)
	if status != C.WEIR_OK && status != C.WEIR_ERR_STALE_HANDLE {
		return statusError("destroy", status)
	}
	return nil
}

// end closes the Go side and reports whether it was open.
func (l *lease) end() bool {
	l.lock.Lock()
	open := !l.ended
	l.ended = true
	owned := l.listeners
	l.listeners = nil
	l.lock.Unlock()
	if open {
		l.events.close()
		for listener := range owned {
			listener.end()
		}
	}
	return open
}

// adopt notes a listener, to be closed with the context. It is false when that is closed.
func (l *lease) adopt(listener *Listener) bool {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.ended {
		return false
	}
	if l.listeners == nil {
		l.listeners = map[*Listener]struct{}{}
	}
	l.listeners[listener] = struct{}{}
	return true
}

func (l *lease) disown(listener *Listener) {
	l.lock.Lock()
	defer l.lock.Unlock()
	delete(l.listeners, listener)
}

// onDestroyed takes the DESTROYED record: nothing follows for this context.
func (l *lease) onDestroyed(record *C.weir_record) {
	l.end()
	leases.remove(l.token)
	if record.length >= C.sizeof_weir_destroy_report {
		r := (*C.weir_destroy_report)(unsafe.Pointer(record.data))
		l.report = DestroyReport{
			Drained:          int(r.drained),
			Canceled:         int(r.canceled),
			Abandoned:        int(r.abandoned),
			Closed:           int(r.closed),
			CallbacksRunning: int(r.callbacks_running),
			Took:             time.Duration(r.took_us) * time.Microsecond,
		}
	}
	if record.status != C.WEIR_OK {
		l.err = statusError("destroy", record.status)
	}
	close(l.done)
}
