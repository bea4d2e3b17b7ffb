package weir

/*
#include "bridge.h"
*/
import "C"

// waitDelivery: one goroutine a pool, which sleeps in weir_queue_wait.
type waitDelivery struct {
	queue queue
}

func newWaitDelivery() delivery { return &waitDelivery{} }

func (d *waitDelivery) prepare(options *C.weir_pool_options) (bool, *Error) {
	err := d.queue.open(false, 0)
	options.delivery = C.WEIR_DELIVER_QUEUE
	options.queue = d.queue.handle
	return false, err
}

func (d *waitDelivery) start() {
	q := &d.queue
	go q.run(func() C.weirgo_batch {
		return C.weirgo_queue_wait(q.handle, q.records, queueBatch, C.WEIR_FOREVER)
	})
}

func (d *waitDelivery) stop(abandoned bool) {
	d.queue.stop(abandoned, func() { C.weir_queue_wake(d.queue.handle) })
}
