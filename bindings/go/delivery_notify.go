package weir

/*
#include "bridge.h"
*/
import "C"

// notifyDelivery: one goroutine a pool, which sleeps on a channel; weir calls into Go when the
// queue turns from empty to not empty.
type notifyDelivery struct {
	queue queue
	token token
	wake  chan struct{} // one place: filled means "look again"
}

// notifyDeliveries finds the delivery of a notification.
var notifyDeliveries registry[notifyDelivery]

func newNotifyDelivery() delivery { return &notifyDelivery{wake: make(chan struct{}, 1)} }

func (d *notifyDelivery) prepare(options *C.weir_pool_options) (bool, *Error) {
	d.token = notifyDeliveries.add(d)
	err := d.queue.open(true, d.token)
	options.delivery = C.WEIR_DELIVER_QUEUE
	options.queue = d.queue.handle
	return false, err
}

func (d *notifyDelivery) start() {
	go func() {
		d.queue.run(func() C.weirgo_batch {
			<-d.wake
			return C.weirgo_batch{}
		})
		notifyDeliveries.remove(d.token)
	}()
}

func (d *notifyDelivery) stop(abandoned bool) { d.queue.stop(abandoned, d.notify) }

func (d *notifyDelivery) notify() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

//export weirgoNotify
func weirgoNotify(userData C.uintptr_t) {
	if d := notifyDeliveries.get(token(userData)); d != nil {
		d.notify()
	}
}
