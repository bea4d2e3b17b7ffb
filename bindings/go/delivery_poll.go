package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"os"
	"syscall"
	"time"
)

// pollDelivery: one goroutine a pool, which sleeps in Go's network poller until the queue's
// descriptor is readable.
type pollDelivery struct {
	queue queue
	file  *os.File
	conn  syscall.RawConn
}

func newPollDelivery() delivery { return &pollDelivery{} }

func (d *pollDelivery) prepare(options *C.weir_pool_options) (bool, *Error) {
	if err := d.queue.open(false, 0); err != nil {
		return false, err
	}
	options.delivery = C.WEIR_DELIVER_QUEUE
	options.queue = d.queue.handle
	result := C.weirgo_queue_fd(d.queue.handle)
	if result.status != C.WEIR_OK {
		d.queue.discard()
		return false, newError("new pool", result)
	}
	// The queue keeps its own descriptor: os.File closes the one that it has.
	fd, err := syscall.Dup(int(result.value))
	if err == nil {
		syscall.CloseOnExec(fd)
		d.file = os.NewFile(uintptr(fd), "weir-queue")
		d.conn, err = d.file.SyscallConn()
	}
	if err != nil {
		d.queue.discard()
		return false, &Error{Op: "new pool", Code: ErrNoResources, Message: err.Error()}
	}
	return false, nil
}

func (d *pollDelivery) start() {
	q := &d.queue
	go func() {
		q.run(func() (batch C.weirgo_batch) {
			// An error is the read deadline that stop set: run looks at `stopping` then.
			_ = d.conn.Read(func(uintptr) bool {
				batch = C.weirgo_queue_drain(q.handle, q.records, queueBatch)
				return batch.count > 0
			})
			return batch
		})
		d.file.Close()
	}()
}

func (d *pollDelivery) stop(abandoned bool) {
	d.queue.stop(abandoned, func() { d.file.SetReadDeadline(time.Now()) })
}
