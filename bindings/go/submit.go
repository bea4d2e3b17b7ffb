package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// Requests that many goroutines send to one Context at the same time go to weir together: one call
// into C and one wake-up of the worker for all of them, where each of its own would cost more than
// all the rest of a small request. The first goroutine of a batch leads it: it lets others run, who
// join, and then sends what there is.
//
// Guarantees
//   - A request that few others are in flight beside does not take this way.
//   - Who joins waits for nothing but the leader, who waits for nobody.
//   - What weir refuses is sent again by its own goroutine, which so gets the reason in words.

const (
	// submitFromNative: with so many requests of a Context in flight, the next ones are collected.
	submitFromNative = 8
	// submitFromEngine is the same of a library in an engine, which waits for the batches of fewer:
	// its thread takes longer to begin than a native one. See decision 0012.
	submitFromEngine = 128
	// submitBatch is the most that go together.
	submitBatch = 64
	// submitShare of the requests in flight go together at most, so that the library's thread has
	// some to work on while goroutines get their answers and make new ones.
	submitShare = 4
	// submitBytes is the longest payload that is collected: it is copied once more for that.
	submitBytes = 1 << 10
	// refused is the status of a request that its batch could not send.
	refused Code = -1
)

// submitFrom is how many requests of a Context are in flight when the next ones are collected, by
// the library's engine.
func submitFrom(engine string) int32 {
	if engine == "native" {
		return submitFromNative
	}
	return submitFromEngine
}

// submitter collects the requests of one Context.
type submitter struct {
	lock sync.Mutex
	open *submission // the batch that can be joined, or nil
}

// submission is one batch.
type submission struct {
	*submissionMemory
	lock  sync.Mutex
	sent  bool
	ids   []C.uint64_t   // by index, once sent
	ended map[int]ending // before it was sent
}

// submissionMemory is what a batch needs until it is sent; it is used again.
type submissionMemory struct {
	entries  []C.weirgo_entry
	payloads []byte
}

var submissionMemories = sync.Pool{New: func() any {
	return &submissionMemory{entries: make([]C.weirgo_entry, 0, submitBatch)}
}}

// submit sends a request together with others. The result is for cancel.
func (l *lease) submit(
	place *pending, method, timeout C.uint32_t, payload []byte, inFlight int,
) (s *submission, index int) {
	most := min(inFlight/submitShare, submitBatch)
	s, index = l.submitter.join(entryOf(place, method, timeout, payload), payload, most)
	if index == 0 {
		runtime.Gosched()
		l.submitter.take(s)
		s.send(l.handle)
	}
	return s, index
}

func entryOf(place *pending, method, timeout C.uint32_t, payload []byte) C.weirgo_entry {
	return C.weirgo_entry{
		method:     method,
		timeout_ms: timeout,
		length:     C.uint32_t(len(payload)),
		user_data:  C.uintptr_t(place.token),
	}
}

func (m *submitter) join(
	entry C.weirgo_entry, payload []byte, most int,
) (s *submission, index int) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.open == nil || len(m.open.entries) >= most {
		memory := submissionMemories.Get().(*submissionMemory)
		m.open = &submission{submissionMemory: memory}
	}
	s = m.open
	entry.offset = C.uint32_t(len(s.payloads))
	s.entries = append(s.entries, entry)
	s.payloads = append(s.payloads, payload...)
	return s, len(s.entries) - 1
}

// take lets nobody else join.
func (m *submitter) take(s *submission) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.open == s {
		m.open = nil
	}
}

// send is called once, by the leader, when nobody can join any more.
func (s *submission) send(context C.weir_handle) {
	count := len(s.entries)
	C.weirgo_request_send_all(context, unsafe.SliceData(s.entries), C.uint32_t(count),
		bytesPointer(s.payloads))
	ids := make([]C.uint64_t, count)
	for i := range s.entries {
		ids[i] = s.entries[i].id
		if s.entries[i].status != C.WEIR_OK {
			pendings.find(token(s.entries[i].user_data)).refuse()
		}
	}
	s.entries, s.payloads = s.entries[:0], s.payloads[:0]
	submissionMemories.Put(s.submissionMemory)
	s.lock.Lock()
	s.submissionMemory, s.ids, s.sent = nil, ids, true
	ended := s.ended
	s.lock.Unlock()
	for index, how := range ended {
		how.end(context, ids[index])
	}
}

// end ends a request that its goroutine has abandoned: now, or as soon as it was sent.
func (s *submission) end(context C.weir_handle, index int, how ending) {
	s.lock.Lock()
	if !s.sent {
		if s.ended == nil {
			s.ended = map[int]ending{}
		}
		s.ended[index] = how
		s.lock.Unlock()
		return
	}
	s.lock.Unlock()
	how.end(context, s.ids[index])
}
