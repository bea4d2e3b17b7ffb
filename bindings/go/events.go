package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// eventQueue runs a context's listeners: one at a time, in the order in which the library emitted,
// on a goroutine that exists only while there is something to run. It guarantees
//   - a record is released only after its listener returned, so that a slow listener slows the
//     library down (PoolOptions.MaxEvents) instead of filling Go's memory;
//   - no lock is held while a listener runs;
//   - after close no listener starts.
type eventQueue struct {
	closed  atomic.Bool
	running runners // at most one
	lock    sync.Mutex
	waiting []eventItem
	started bool // the goroutine is there
}

type eventItem struct {
	record   C.weir_record
	listener *Listener // nil for a notice
	lease    *lease
	copied   []byte // the payload of a record that is not ours to release
	name     string // and its name
}

// eventRelease: events are released in steps of this many, so that the library may emit on while
// the rest of a batch is with its listeners.
const eventRelease = 32

// push takes a record in. The result says that it will be released here.
func (q *eventQueue) push(record *C.weir_record, of *lease, to *Listener, owned bool) (kept bool) {
	item := eventItem{record: *record, lease: of, listener: to}
	if !owned {
		item.copied = copyBytes(record.data, record.length)
		item.name = copyText(unsafe.Pointer(record.name), record.name_length)
		item.record.token = 0
		item.record.name = nil
	}
	q.lock.Lock()
	defer q.lock.Unlock()
	if q.closed.Load() {
		return false
	}
	q.waiting = append(q.waiting, item)
	if !q.started {
		q.started = true
		q.running.begin()
		of.pool.listening.begin()
		go q.run(of.pool)
	}
	return owned
}

// run is the goroutine. Its name is how insideListener knows it.
func (q *eventQueue) run(pool *poolState) {
	var batch, spent []eventItem
	released := make([]C.weir_record, 0, eventRelease)
	for {
		q.lock.Lock()
		if len(q.waiting) == 0 {
			q.started = false
			q.running.end()
			pool.listening.end()
			q.lock.Unlock()
			return
		}
		batch, q.waiting = q.waiting, spent[:0]
		q.lock.Unlock()
		for i := range batch {
			if !q.closed.Load() {
				batch[i].deliver()
			}
			if batch[i].record.token != 0 {
				released = append(released, batch[i].record)
			}
			if len(released) == cap(released) || i == len(batch)-1 {
				release(released)
				released = released[:0]
			}
			batch[i] = eventItem{}
		}
		spent = batch
	}
}

func release(records []C.weir_record) {
	if len(records) > 0 {
		C.weir_records_release(&records[0], C.uint32_t(len(records)))
	}
}

// close lets no further listener start.
func (q *eventQueue) close() {
	q.lock.Lock()
	q.closed.Store(true)
	q.lock.Unlock()
}

func (i *eventItem) payload() []byte {
	if i.copied != nil {
		return i.copied
	}
	return copyBytes(i.record.data, i.record.length)
}

func (i *eventItem) deliver() {
	if i.listener == nil {
		i.lease.pool.onNotice(i.notice())
		return
	}
	name := i.listener.name
	if name == "" {
		name = i.name
	}
	if name == "" {
		name = copyText(unsafe.Pointer(i.record.name), i.record.name_length)
	}
	i.listener.deliver(Event{Context: i.listener.context, Name: name, Payload: i.payload()})
}
