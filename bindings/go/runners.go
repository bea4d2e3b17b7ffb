package weir

import (
	"reflect"
	"runtime"
	"sync"
	"time"
)

// callbackGrace is how long Destroy and Close wait for a listener that runs.
const callbackGrace = 500 * time.Millisecond

// runners counts goroutines that run listeners, and lets others wait until there are none.
type runners struct {
	lock  sync.Mutex
	count int
	idle  chan struct{} // closed when the count becomes 0
}

func (r *runners) begin() {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.count++; r.count == 1 {
		r.idle = make(chan struct{})
	}
}

func (r *runners) end() {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.count--; r.count == 0 {
		close(r.idle)
	}
}

// wait waits until there are none, but not for long, and not at all when a listener calls it: it
// would wait for itself. It returns how many there are.
func (r *runners) wait() int {
	r.lock.Lock()
	count, idle := r.count, r.idle
	r.lock.Unlock()
	if count == 0 || insideListener() {
		return count
	}
	timer := time.NewTimer(callbackGrace)
	defer timer.Stop()
	select {
	case <-idle:
		return 0
	case <-timer.C:
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.count
}

var eventRunner = runtime.FuncForPC(reflect.ValueOf((*eventQueue).run).Pointer()).Name()

// insideListener reports whether the calling goroutine runs a listener, of any context.
func insideListener() bool {
	var callers [64]uintptr
	for skip := 1; ; skip += len(callers) {
		n := runtime.Callers(skip, callers[:])
		frames := runtime.CallersFrames(callers[:n])
		for more := n > 0; more; {
			var frame runtime.Frame
			if frame, more = frames.Next(); frame.Function == eventRunner {
				return true
			}
		}
		if n < len(callers) {
			return false
		}
	}
}
