package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"math"
	"time"
)

// Isolation is what the next owner of a slot finds of the last one. It is for libraries whose
// engine has environments: a native library has none.
type Isolation uint32

const (
	// IsolationInstance: an instance of its own in the environment of the last owner, which is
	// built anew when it is found unclean.
	IsolationInstance Isolation = C.WEIR_ISOLATION_INSTANCE
	// IsolationEnvironment: nothing; an environment of its own is built between two owners.
	IsolationEnvironment Isolation = C.WEIR_ISOLATION_ENVIRONMENT
)

// PoolOptions are a pool's limits and times. A zero is the default. A time that is Off (anything
// negative) is switched off where that is possible. Times are kept in milliseconds.
type PoolOptions struct {
	MaxSlots    int           // contexts at the same time; 32; at most 1,024 in a process
	MinIdle     int           // idle slots that are kept however long they idle; 0
	IdleTimeout time.Duration // after which other idle slots are retired; 10 min; may be Off
	MaxUses     int           // contexts that a slot serves before it is built anew; any number
	MaxAge      time.Duration // at which a slot is built anew, when its context ends; any age

	DrainTime    time.Duration // at destroy, for handlers to end by themselves; 1.5 s; may be Off
	CancelTime   time.Duration // then, to end after cancel; 1.5 s; may be Off
	TeardownTime time.Duration // then, for the library's destroy; 2 s

	SlowAfter       time.Duration // a handler counts as slow in the stats; 1 s; may be Off
	WedgedAfter     time.Duration // a handler counts as unresponsive; 5 s; may be Off
	CheckEvery      time.Duration // between two looks at a busy context; 0.5 s
	InterruptWedged bool          // stop an unresponsive handler, where the engine can

	MaxRequests     int           // in flight, a context; 4,096; at most 32,768
	MaxRequestBytes int64         // of their payloads; 64 MiB
	MaxEvents       int           // emitted and not yet received, a context; 1,024; at most 16,384
	MaxPayload      int           // bytes of one payload; 16 MiB
	Spin            time.Duration // longest guarded spin before a thread sleeps; 20 us; may be Off
	StackSize       int           // bytes of each thread's stack; 1 MiB
	LeakAfter       time.Duration // a context that is open for longer gets a notice; off; >= 2 s

	Isolation Isolation // between owners of one slot; IsolationInstance
	MinClean  int       // prepared idle slots that the pool keeps ready, up to MaxSlots; 0
	HeapLimit int       // MiB an instance may hold, heap and buffers each; 256; least 32; not native

	// OnNotice, if set, is told what happens to contexts: see NoticeKind. It is called like a
	// listener of that context, on the same goroutine; for what was dropped without Close, on one
	// of its own. Without it, only what was dropped is told, by package log. A Pool that OnNotice
	// itself refers to is never found to be dropped.
	OnNotice func(Notice)
}

// optionReader converts options and keeps the first that cannot be.
type optionReader struct {
	err *Error
}

func optionError(message string) *Error {
	return &Error{Op: "new pool", Code: ErrInvalidArgument, Message: message}
}

func (r *optionReader) count(name string, value int) C.uint32_t {
	if value < 0 || uint64(value) > math.MaxUint32-1 {
		if r.err == nil {
			r.err = optionError(name + " is out of range")
		}
		return 0
	}
	return C.uint32_t(value)
}

// required is for times that cannot be switched off.
func (r *optionReader) required(name string, value time.Duration) C.uint32_t {
	if value < 0 && r.err == nil {
		r.err = optionError(name + " is negative")
	}
	return optionMilliseconds(value)
}

func (o *PoolOptions) convert() (C.weir_pool_options, *Error) {
	var r optionReader
	native := C.weir_pool_options{
		struct_size:       C.sizeof_weir_pool_options,
		max_slots:         r.count("MaxSlots", o.MaxSlots),
		min_idle:          r.count("MinIdle", o.MinIdle),
		idle_timeout_ms:   optionMilliseconds(o.IdleTimeout),
		max_uses:          r.count("MaxUses", o.MaxUses),
		max_age_ms:        r.required("MaxAge", o.MaxAge),
		drain_ms:          optionMilliseconds(o.DrainTime),
		cancel_ms:         optionMilliseconds(o.CancelTime),
		teardown_ms:       r.required("TeardownTime", o.TeardownTime),
		slow_ms:           optionMilliseconds(o.SlowAfter),
		wedged_ms:         optionMilliseconds(o.WedgedAfter),
		check_ms:          r.required("CheckEvery", o.CheckEvery),
		max_requests:      r.count("MaxRequests", o.MaxRequests),
		max_events:        r.count("MaxEvents", o.MaxEvents),
		max_payload:       r.count("MaxPayload", o.MaxPayload),
		stack_size:        r.count("StackSize", o.StackSize),
		leak_threshold_ms: r.required("LeakAfter", o.LeakAfter),
		isolation:         C.uint32_t(o.Isolation),
		min_clean:         r.count("MinClean", o.MinClean),
		heap_limit_mb:     r.count("HeapLimit", o.HeapLimit),
	}
	if o.InterruptWedged {
		native.on_wedged = C.WEIR_ON_WEDGED_INTERRUPT
	}
	if o.MaxRequestBytes < 0 && r.err == nil {
		r.err = optionError("MaxRequestBytes is negative")
	}
	native.max_request_bytes = C.uint64_t(o.MaxRequestBytes)
	switch {
	case o.Spin < 0:
		native.spin_us = C.WEIR_OFF
	case o.Spin > 0:
		native.spin_us = C.uint32_t((o.Spin + time.Microsecond - 1) / time.Microsecond)
	}
	return native, r.err
}
