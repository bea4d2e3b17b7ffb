package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"sync"
	"time"
	"unsafe"
)

// Context is a lease of a pool's slot with an instance of the library of its own. All its work runs
// on one thread, so the instance needs no locks. Any number of goroutines may use it.
type Context struct {
	pool    *Pool
	handle  C.weir_handle
	token   token
	tag     string
	created chan createdRecord // of a create that waits, else nil
	events  eventQueue

	lock      sync.Mutex
	listeners map[*Listener]struct{}
	ended     bool          // Destroy was called, or the pool destroyed it
	done      chan struct{} // closed with the DESTROYED record, when `report` and `err` are set
	report    DestroyReport
	err       error
}

// contexts finds the context of a record that belongs to no request or listener.
var contexts registry[Context]

// DestroyReport says what Destroy did with the work that it found.
type DestroyReport struct {
	Drained          int           // handlers that ended in the drain time
	Canceled         int           // handlers that were canceled and then ended
	Abandoned        int           // handlers that still run; their slot is in quarantine
	Closed           int           // requests that had not begun and failed with ErrClosed
	CallbacksRunning int           // listeners that still run
	Took             time.Duration // from the call to the end
}

// Tag is the name that WithTag gave.
func (c *Context) Tag() string { return c.tag }

// Close destroys the context and waits until that is done, which weir bounds: 5.5 seconds with the
// pool's defaults, and microseconds when no handler runs. Closing twice is no error. See Destroy.
func (c *Context) Close() error {
	_, err := c.Destroy(context.Background())
	return err
}

// Destroy destroys the context and gives its slot back to the pool.
//
// The context cannot be used from the call on: requests fail with ErrStaleHandle, and no listener
// starts. Handlers that run have PoolOptions.DrainTime to end, then they are canceled and have
// CancelTime more; requests that have not begun fail with ErrClosed. A handler that ends in neither
// is abandoned, which the report says. A listener that runs is waited for, half a second at most;
// a listener may itself call Destroy, and is then not waited for.
//
// When ctx ends first, Destroy returns at once, and the destruction goes on. Any number of calls
// get the same report.
func (c *Context) Destroy(ctx context.Context) (DestroyReport, error) {
	if err := c.begin(); err != nil {
		return DestroyReport{}, err
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		return DestroyReport{}, contextError("destroy", ctx)
	case <-c.pool.closed:
		select {
		case <-c.done:
		default: // the pool was closed and gave this context up
			return DestroyReport{}, &Error{Op: "destroy", Code: ErrClosed}
		}
	}
	report := c.report
	report.CallbacksRunning += c.events.running.wait()
	return report, c.err
}

// begin starts the destruction once. A handle that is stale was destroyed by its pool, which tells
// by the same record.
func (c *Context) begin() error {
	if !c.end() {
		return nil
	}
	status := C.weir_context_destroy(c.handle)
	if status != C.WEIR_OK && status != C.WEIR_ERR_STALE_HANDLE {
		return statusError("destroy", status)
	}
	return nil
}

// end closes the Go side and reports whether it was open.
func (c *Context) end() bool {
	c.lock.Lock()
	open := !c.ended
	c.ended = true
	owned := c.listeners
	c.listeners = nil
	c.lock.Unlock()
	if open {
		c.events.close()
		for l := range owned {
			l.end()
		}
	}
	return open
}

// adopt notes a listener, to be closed with the context. It is false when that is closed.
func (c *Context) adopt(l *Listener) bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.ended {
		return false
	}
	if c.listeners == nil {
		c.listeners = map[*Listener]struct{}{}
	}
	c.listeners[l] = struct{}{}
	return true
}

func (c *Context) disown(l *Listener) {
	c.lock.Lock()
	defer c.lock.Unlock()
	delete(c.listeners, l)
}

// onDestroyed takes the DESTROYED record: nothing follows for this context.
func (c *Context) onDestroyed(record *C.weir_record) {
	c.end()
	contexts.remove(c.token)
	if record.length >= C.sizeof_weir_destroy_report {
		r := (*C.weir_destroy_report)(unsafe.Pointer(record.data))
		c.report = DestroyReport{
			Drained:          int(r.drained),
			Canceled:         int(r.canceled),
			Abandoned:        int(r.abandoned),
			Closed:           int(r.closed),
			CallbacksRunning: int(r.callbacks_running),
			Took:             time.Duration(r.took_us) * time.Microsecond,
		}
	}
	if record.status != C.WEIR_OK {
		c.err = statusError("destroy", record.status)
	}
	close(c.done)
}
