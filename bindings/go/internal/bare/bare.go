// Package bare is the floor that the benchmarks of weir compare with: an echo on a C thread with a
// callback into Go for each answer, without pools, contexts, deadlines, limits or errors.
package bare

/*
#cgo LDFLAGS: -lpthread
#include "bare.h"
*/
import "C"

import (
	"sync"
	"unsafe"
)

// Places is how many echos may be in flight.
const Places = 4096

type place struct {
	ready  chan struct{}
	answer []byte
}

// The places of the one bridge of the process.
var (
	places [Places]place
	lock   sync.Mutex
	free   []uint32
)

// Bridge is an echo on a thread of its own.
type Bridge struct{ native *C.bare }

// Start starts the thread. There is one bridge at a time.
func Start() *Bridge {
	free = free[:0]
	for i := range places {
		places[i].ready = make(chan struct{}, 1)
		free = append(free, uint32(i))
	}
	return &Bridge{C.bare_start()}
}

// Stop ends the thread.
func (b *Bridge) Stop() { C.bare_stop(b.native) }

// Echo sends a payload that is not empty, and waits for its return.
func (b *Bridge) Echo(payload []byte) []byte {
	lock.Lock()
	number := free[len(free)-1]
	free = free[:len(free)-1]
	lock.Unlock()
	p := &places[number]
	C.bare_send(b.native, C.uint32_t(number), (*C.uint8_t)(unsafe.Pointer(&payload[0])),
		C.size_t(len(payload)))
	<-p.ready
	answer := p.answer
	p.answer = nil
	lock.Lock()
	free = append(free, number)
	lock.Unlock()
	return answer
}

//export bareAnswer
func bareAnswer(number C.uint32_t, data *C.uint8_t, length C.size_t) {
	p := &places[number]
	p.answer = append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(data)), int(length))...)
	p.ready <- struct{}{}
}
