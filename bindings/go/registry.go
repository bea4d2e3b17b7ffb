package weir

import "sync"

// registry names Go objects by tokens, which C may keep as user_data: a generation and an index,
// never a pointer. A token that was removed finds nothing, also after its index is used again.
type registry[T any] struct {
	lock    sync.Mutex
	entries []registryEntry[T]
	free    []uint32
}

type registryEntry[T any] struct {
	value      *T
	generation uint32
}

func (r *registry[T]) add(value *T) token {
	r.lock.Lock()
	defer r.lock.Unlock()
	var index uint32
	if last := len(r.free) - 1; last >= 0 {
		index = r.free[last]
		r.free = r.free[:last]
	} else {
		index = uint32(len(r.entries))
		r.entries = append(r.entries, registryEntry[T]{generation: 1})
	}
	entry := &r.entries[index]
	entry.value = value
	return makeToken(entry.generation, index)
}

// get is nil for a token that names nothing (any more).
func (r *registry[T]) get(t token) *T {
	r.lock.Lock()
	defer r.lock.Unlock()
	if int(t.index()) >= len(r.entries) {
		return nil
	}
	if entry := &r.entries[t.index()]; entry.generation == t.generation() {
		return entry.value
	}
	return nil
}

// remove has no effect when the token names nothing.
func (r *registry[T]) remove(t token) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if int(t.index()) >= len(r.entries) {
		return
	}
	entry := &r.entries[t.index()]
	if entry.generation != t.generation() {
		return
	}
	entry.value = nil
	entry.generation++
	if entry.generation == 0 { // it would repeat: the index is given up
		return
	}
	r.free = append(r.free, t.index())
}

func (r *registry[T]) size() int {
	r.lock.Lock()
	defer r.lock.Unlock()
	return len(r.entries) - len(r.free)
}
