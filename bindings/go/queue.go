package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

// queue is a weir queue with the memory that its records are drained into. One goroutine at a time
// drains it. The deliveries that go through a queue differ only in how they wait for its records.
type queue struct {
	handle   C.weir_handle
	records  *C.weir_record // queueBatch of them, in C memory, so that cgo has nothing to check
	retry    time.Duration  // until the next attempt to close it
	stopping atomic.Bool
	stopped  chan struct{}
}

const (
	// queueBatch records are drained at a time; 256 of them fill a processor's run queue.
	queueBatch = 256
	// queueYields: how often an idle drainer lets others run before it sleeps. They make work for
	// it meanwhile, so that under load it never sleeps, and takes large batches.
	queueYields = 3
	// queueRetry is the first and the longest time between two attempts to close a queue that is
	// still used: for a moment by a thread that ends, or for long by an abandoned slot.
	queueRetry, queueRetryMax = time.Millisecond, time.Second
)

func (q *queue) open(notify bool, userData token) *Error {
	enabled := C.int(0)
	if notify {
		enabled = 1
	}
	result := C.weirgo_queue_create(0, enabled, C.uintptr_t(userData))
	if result.status != C.WEIR_OK {
		return newError("new pool", result)
	}
	q.handle = C.weir_handle(result.value)
	q.records = (*C.weir_record)(C.calloc(queueBatch, C.sizeof_weir_record))
	q.retry = queueRetry
	q.stopped = make(chan struct{})
	return nil
}

// discard closes a queue that no pool has used.
func (q *queue) discard() {
	C.weir_queue_close(q.handle)
	C.free(unsafe.Pointer(q.records))
}

// run drains until the queue is closed; `sleep` waits for records and may drain the first of them.
func (q *queue) run(sleep func() C.weirgo_batch) {
	defer close(q.stopped)
	defer C.free(unsafe.Pointer(q.records))
	idle := 0
	for {
		batch := C.weirgo_queue_drain(q.handle, q.records, queueBatch)
		if batch.count == 0 && idle < queueYields {
			idle++
			runtime.Gosched()
			continue
		}
		if batch.count == 0 {
			if q.stopping.Load() {
				if q.close() {
					return
				}
				continue
			}
			batch = sleep()
		}
		idle = 0
		q.dispatch(batch.count)
	}
}

func (q *queue) dispatch(count C.uint32_t) {
	if count == 0 {
		return
	}
	records := unsafe.Slice(q.records, int(count))
	for i := range records {
		if dispatch(&records[i], true) {
			records[i].token = 0
		}
	}
	C.weir_records_release(q.records, count)
}

// close reports whether the queue is closed. When it is still used, it reports false after a while,
// and the drainer goes on.
func (q *queue) close() bool {
	if C.weir_queue_close(q.handle) != C.WEIR_ERR_BUSY {
		return true
	}
	time.Sleep(q.retry)
	if q.retry *= 2; q.retry > queueRetryMax {
		q.retry = queueRetryMax
	}
	return false
}

// stop lets the drainer end; `wake` ends its sleep.
func (q *queue) stop(abandoned bool, wake func()) {
	q.stopping.Store(true)
	wake()
	if !abandoned {
		<-q.stopped
	}
}
