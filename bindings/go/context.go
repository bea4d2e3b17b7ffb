package weir

import (
	"context"
	"runtime"
	"time"
)

// Context is a lease of a pool's slot with an instance of the library of its own. All its work runs
// on one thread, so the instance needs no locks. Any number of goroutines may use it.
//
// A Context is closed by its owner. One that has no listener, and that the program can no longer
// reach, is closed by the garbage collector, and reported: see NoticeContextLeaked. That needs Go
// 1.24 or later.
type Context struct {
	pool  *Pool // lives as long as its contexts
	lease *lease
}

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
func (c *Context) Tag() string { return c.lease.tag }

// Pool is where the Context comes from.
func (c *Context) Pool() *Pool { return c.pool }

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
	defer runtime.KeepAlive(c)
	return c.lease.destroy(ctx)
}
