package weir

/*
#include "bridge.h"
*/
import "C"

// A delivery is how a pool's records reach Go. It guarantees
//   - each record is dispatched exactly once, records of one context in weir's order;
//   - what dispatch did not keep is released;
//   - after stop returned, nothing is dispatched any more.
//
// BenchmarkDelivery compares the candidates; newDelivery makes the one that came out ahead.
type delivery interface {
	// prepare sets the options of the pool that will deliver here.
	prepare(options *C.weir_pool_options) (callback bool, err *Error)
	// start begins to dispatch. It is called once, before the pool is made.
	start()
	// stop is called after the pool was closed, or could not be made. It waits until what was
	// delivered before is dispatched, unless slots were `abandoned`, which may still deliver.
	stop(abandoned bool)
}

var newDelivery = newWaitDelivery

// dispatch hands one record to whom it concerns. `owned` says that its memory lives until
// weir_records_release; the result says that the receiver has kept it and will release it.
func dispatch(record *C.weir_record, owned bool) (kept bool) {
	switch record.kind {
	case C.WEIR_RECORD_RESPONSE:
		return response(record, owned)
	case C.WEIR_RECORD_EVENT:
		if l := listeners.get(token(record.user_data)); l != nil {
			return l.lease.events.push(record, l.lease, l, owned)
		}
		return false
	}
	l := leases.get(token(record.user_data))
	if l == nil {
		return false
	}
	switch record.kind {
	case C.WEIR_RECORD_CREATED:
		l.onCreated(record)
	case C.WEIR_RECORD_DESTROYED:
		l.onDestroyed(record)
	default:
		if l.pool.onNotice != nil {
			return l.events.push(record, l, nil, owned)
		}
	}
	return false
}
