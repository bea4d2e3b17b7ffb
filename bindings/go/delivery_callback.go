package weir

/*
#include "bridge.h"
*/
import "C"

// callbackDelivery: weir calls into Go for each record, on the context's worker (direct) or on its
// event thread. It needs no goroutine of its own.
type callbackDelivery struct {
	kind C.uint32_t
}

func newDirectDelivery() delivery   { return callbackDelivery{C.WEIR_DELIVER_DIRECT} }
func newCallbackDelivery() delivery { return callbackDelivery{C.WEIR_DELIVER_CALLBACK} }

func (d callbackDelivery) prepare(options *C.weir_pool_options) (bool, *Error) {
	options.delivery = d.kind
	return true, nil
}

func (d callbackDelivery) start()    {}
func (d callbackDelivery) stop(bool) {}

//export weirgoRecord
func weirgoRecord(record *C.weir_record, _ C.uintptr_t) {
	dispatch(record, false)
}
