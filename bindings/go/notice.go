package weir

/*
#include "bridge.h"
*/
import "C"

import "time"

// NoticeKind says what a Notice is about.
type NoticeKind int

// The kinds of notices.
const (
	// NoticeUnresponsive: a handler runs longer than PoolOptions.WedgedAfter; Took is how long.
	NoticeUnresponsive NoticeKind = C.WEIR_RECORD_UNRESPONSIVE
	// NoticeResponsive: it came back; Took is how long it ran.
	NoticeResponsive NoticeKind = C.WEIR_RECORD_RESPONSIVE
	// NoticeEventsDropped: the event queue was full; Count events are lost since the last notice.
	NoticeEventsDropped NoticeKind = C.WEIR_RECORD_EVENTS_DROPPED
	// NoticeLeakSuspected: open for longer than PoolOptions.LeakAfter; Message says who made it.
	NoticeLeakSuspected NoticeKind = C.WEIR_RECORD_LEAK_SUSPECTED
	// NoticeInstanceEnded: the library ended its instance; Message says why. Requests fail with
	// ErrInstanceEnded from then on: close the Context and make another.
	NoticeInstanceEnded NoticeKind = C.WEIR_RECORD_INSTANCE_ENDED
	// NoticeContextLeaked: the garbage collector found a Context that was dropped without Close, and
	// closes it; Message says where it was made. Context is nil.
	NoticeContextLeaked NoticeKind = 256
	// NoticePoolLeaked: the same of a Pool.
	NoticePoolLeaked NoticeKind = 257
)

// Notice is what weir itself has to say about a Context; see PoolOptions.OnNotice.
type Notice struct {
	Kind    NoticeKind
	Context *Context // nil when the program has dropped it
	Took    time.Duration
	Count   uint64
	Message string
}

func (i *eventItem) notice() Notice {
	n := Notice{Kind: NoticeKind(i.record.kind), Context: i.lease.owner.Value()}
	switch n.Kind {
	case NoticeEventsDropped:
		n.Count = uint64(i.record.id)
	case NoticeUnresponsive, NoticeResponsive:
		n.Took = time.Duration(i.record.id) * time.Millisecond
	}
	n.Message = string(i.payload())
	return n
}
