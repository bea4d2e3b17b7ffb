package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"math/rand"
	"sync"
	"sync/atomic"
)

// A pending is the place where one request's response arrives. Places are made once and used again,
// so a request allocates nothing for them.
//
// Who owns a pending: the requester takes it, and gives it back when it has the response. When its
// context.Context ends first it abandons the place, and whoever delivers the response gives it
// back. One compare-exchange on `state` decides between the two.
//
// Assumes what weir promises: an accepted request gets exactly one response.
type pending struct {
	token  token // its generation grows with each use
	state  atomic.Uint32
	ready  chan struct{} // one place; filled once a use, unless abandoned
	status Code
	data   []byte        // the payload, unless it is left in `record`
	record C.weir_record // a large payload: copied, and released, by the requester
}

const (
	pendingWaiting = iota
	pendingDelivered
	pendingAbandoned
)

// pendingShards: as many lists as there are likely to be processors that send at once.
const pendingShards = 16

// pendingChunk is how many places are made at once.
const pendingChunk = 64

type pendingShard struct {
	lock   sync.Mutex
	free   []*pending
	chunks atomic.Pointer[[]*[pendingChunk]pending] // replaced, never changed
	_      [64]byte                                 // shards do not share a cache line
}

type pendingTable struct {
	shards [pendingShards]pendingShard
}

// pendings holds the places of all pools of the process.
var pendings pendingTable

// take gives a free place, with a new token.
func (t *pendingTable) take() *pending {
	start := rand.Uint32()
	for i := uint32(0); i < pendingShards; i++ {
		number := (start + i) % pendingShards
		shard := &t.shards[number]
		if shard.lock.TryLock() {
			return shard.takeLocked(number)
		}
	}
	number := start % pendingShards
	shard := &t.shards[number]
	shard.lock.Lock()
	return shard.takeLocked(number)
}

// takeLocked unlocks the shard.
func (s *pendingShard) takeLocked(number uint32) *pending {
	defer s.lock.Unlock()
	if len(s.free) == 0 {
		s.growLocked(number)
	}
	last := len(s.free) - 1
	place := s.free[last]
	s.free = s.free[:last]
	return place
}

func (s *pendingShard) growLocked(number uint32) {
	var old []*[pendingChunk]pending
	if chunks := s.chunks.Load(); chunks != nil {
		old = *chunks
	}
	chunk := new([pendingChunk]pending)
	first := uint32(len(old)) * pendingChunk
	for i := range chunk {
		index := (first+uint32(i))*pendingShards + number
		chunk[i].token = makeToken(1, index)
		chunk[i].ready = make(chan struct{}, 1)
		s.free = append(s.free, &chunk[i])
	}
	chunks := append(old[:len(old):len(old)], chunk)
	s.chunks.Store(&chunks)
}

// find is nil for a token whose use is over.
func (t *pendingTable) find(tok token) *pending {
	shard := &t.shards[tok.index()%pendingShards]
	place := tok.index() / pendingShards
	chunks := shard.chunks.Load()
	if chunks == nil || int(place/pendingChunk) >= len(*chunks) {
		return nil
	}
	p := &(*chunks)[place/pendingChunk][place%pendingChunk]
	if p.token != tok {
		return nil
	}
	return p
}

// give takes a place back. Nobody may use it any more.
func (t *pendingTable) give(p *pending) {
	p.token = makeToken(p.token.generation()+1, p.token.index())
	p.data = nil
	p.state.Store(pendingWaiting)
	shard := &t.shards[p.token.index()%pendingShards]
	shard.lock.Lock()
	shard.free = append(shard.free, p)
	shard.lock.Unlock()
}

// inUse is for tests.
func (t *pendingTable) inUse() int {
	n := 0
	for i := range t.shards {
		shard := &t.shards[i]
		shard.lock.Lock()
		if chunks := shard.chunks.Load(); chunks != nil {
			n += len(*chunks)*pendingChunk - len(shard.free)
		}
		shard.lock.Unlock()
	}
	return n
}

// abandon reports whether the response was still outstanding; then the place is no longer the
// requester's. Otherwise `ready` is filled, or will be at once.
func (p *pending) abandon() bool {
	return p.state.CompareAndSwap(pendingWaiting, pendingAbandoned)
}

// deliver hands a response to its requester. `owned` says that the record's memory lives until it
// is released; the result says that the requester will do that.
func (p *pending) deliver(record *C.weir_record, owned bool) (kept bool) {
	p.status = Code(record.status)
	if owned && record.length > largePayload {
		p.record = *record
		kept = true
	} else {
		p.record.token = 0
		p.data = copyBytes(record.data, record.length)
	}
	if p.state.CompareAndSwap(pendingWaiting, pendingDelivered) {
		p.ready <- struct{}{}
		return kept
	}
	pendings.give(p)
	return false
}

// refuse is deliver for a request that was not sent.
func (p *pending) refuse() {
	p.status = refused
	if p.state.CompareAndSwap(pendingWaiting, pendingDelivered) {
		p.ready <- struct{}{}
		return
	}
	pendings.give(p)
}

// largePayload: a response above this is copied by its requester, not by the one goroutine that
// delivers for the whole pool. 16 KiB take about as long to copy as a goroutine takes to wake.
const largePayload = 16 << 10
