package weir

/*
#include "bridge.h"
*/
import "C"

import "sync"

// Event is something that a library told its host. The payload belongs to the listener.
type Event struct {
	Context *Context
	Name    string
	Payload []byte
}

// Listener receives events of a Context until it or the Context is closed. It keeps the Context in
// use.
type Listener struct {
	context *Context
	lease   *lease // of the context
	name    string // "" for all events
	handler func(Event)
	token   token
	id      C.uint64_t

	lock    sync.Mutex
	closed  bool
	sending bool          // the channel form is in a send
	channel func()        // closes the channel; nil in the function form
	done    chan struct{} // of the channel form: closed with the listener
}

// listeners finds the listener of an EVENT record.
var listeners registry[Listener]

// Listen calls `handler` for each event of that name, or for all events when the name is "".
//
// All listeners of one Context run one after the other, in the order in which the library emitted,
// on one goroutine, which is not that of Request: a response may arrive before the events that the
// library emitted earlier. A listener that is slow slows the library's emits down, but neither its
// requests nor other Contexts. It may call anything, also Close of the Listener and of the Context.
// A panic in it ends the program. It must not call runtime.Goexit, as testing.T.FailNow does.
//
// It fails with ErrStaleHandle after Close, ErrTooLarge or ErrBadUTF8 for the name.
func (c *Context) Listen(name string, handler func(Event)) (*Listener, error) {
	if handler == nil {
		return nil, &Error{Op: "listen", Code: ErrInvalidArgument, Message: "handler is nil"}
	}
	l := c.newListener(name)
	l.handler = handler
	return c.listen(l)
}

// Events is Listen with a channel of that capacity. It is closed with the Listener or the Context;
// events that are in it by then can still be received. A receiver that is slow counts as a slow
// listener: when the channel is full, the Context's further events wait, and when as many wait as
// PoolOptions.MaxEvents says, the library's emits do.
func (c *Context) Events(name string, capacity int) (<-chan Event, *Listener, error) {
	return EventsOf(c, name, capacity, func(e Event) (Event, bool) { return e, true })
}

// EventsOf is Context.Events with the values that `decode` makes of events. Those of which it says
// false are left out. Generated clients are made with it.
func EventsOf[T any](
	c *Context, name string, capacity int, decode func(Event) (value T, ok bool),
) (<-chan T, *Listener, error) {
	if capacity < 0 {
		return nil, nil, &Error{Op: "listen", Code: ErrInvalidArgument, Message: "capacity < 0"}
	}
	channel := make(chan T, capacity)
	l := c.newListener(name)
	l.done = make(chan struct{})
	l.channel = func() { close(channel) }
	l.handler = func(e Event) {
		defer l.sent()
		if value, ok := decode(e); ok {
			select {
			case channel <- value:
			case <-l.done:
			}
		}
	}
	if _, err := c.listen(l); err != nil {
		return nil, nil, err
	}
	return channel, l, nil
}

func (c *Context) newListener(name string) *Listener {
	return &Listener{context: c, lease: c.lease, name: name}
}

func (c *Context) listen(l *Listener) (*Listener, error) {
	l.token = listeners.add(l)
	l.lock.Lock() // an event waits until the id is known
	defer l.lock.Unlock()
	result := C.weirgo_context_listen(l.lease.handle, textPointer(l.name), C.size_t(len(l.name)),
		C.uintptr_t(l.token))
	if result.status == C.WEIR_OK {
		l.id = C.uint64_t(result.value)
		if l.lease.adopt(l) {
			return l, nil
		}
		result.status = C.WEIR_ERR_STALE_HANDLE // destroyed meanwhile
	}
	l.closed = true // an event may be on its way to it already
	listeners.remove(l.token)
	return nil, newError("listen", result)
}

// Close ends the listening. No call of the handler starts afterwards; one that runs on another
// goroutine may still be running. Events that wait are dropped. Closing twice is no error.
func (l *Listener) Close() error {
	if !l.end() {
		return nil
	}
	l.lease.disown(l)
	status := C.weir_context_unlisten(l.lease.handle, l.id)
	if status != C.WEIR_OK && status != C.WEIR_ERR_STALE_HANDLE {
		return statusError("unlisten", status)
	}
	return nil
}

// end closes the Go side and reports whether it was open.
func (l *Listener) end() bool {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.closed {
		return false
	}
	l.closed = true
	listeners.remove(l.token)
	if l.channel != nil {
		close(l.done)
		if !l.sending {
			l.channel()
		}
	}
	return true
}

// deliver runs on the context's event goroutine.
func (l *Listener) deliver(event Event) {
	l.lock.Lock()
	open := !l.closed
	l.sending = open && l.channel != nil
	l.lock.Unlock()
	if open {
		l.handler(event)
	}
}

// sent ends a send of the channel form. Whoever of sent and end comes last closes the channel.
func (l *Listener) sent() {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.sending = false
	if l.closed {
		l.channel()
	}
}
