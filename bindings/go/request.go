package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// Request calls a method of the library and waits for its answer, which belongs to the caller.
// `payload` is copied before Request waits. Requests of one Context begin in the order in which
// they were sent.
//
// When ctx ends first, the request is canceled: a handler that has not begun never will, one that
// runs is told, and its late answer is dropped. Request does not wait for that; it returns at once
// with ErrCanceled and context.Canceled, or ErrTimedOut and context.DeadlineExceeded. A deadline of
// ctx is also given to the library, which can ask how much of it is left.
//
// It fails with ErrHandler and the handler's message, ErrUnknownMethod, ErrQueueFull when more
// requests are in flight than PoolOptions.MaxRequests (canceled ones count until the library's
// thread has passed them), ErrTooLarge, ErrCreateFailed and the reason when the library could not
// make the instance, ErrStaleHandle after Close, and ErrClosed or ErrCanceled when the Context was
// closed meanwhile.
func (c *Context) Request(ctx context.Context, method string, payload []byte) ([]byte, error) {
	answer, err := c.lease.request(ctx, method, payload)
	runtime.KeepAlive(c)
	return answer, err
}

func (l *lease) request(ctx context.Context, method string, payload []byte) ([]byte, error) {
	number, unknown := l.pool.library.method(method)
	if unknown != nil {
		return nil, unknown
	}
	timeout, ended := requestTimeout(ctx)
	if ended != nil {
		return nil, ended
	}
	defer l.inFlight.Add(-1)
	count := l.inFlight.Add(1)
	if count > l.pool.library.submitFrom && len(payload) <= submitBytes {
		place := pendings.take()
		batch, index := l.submit(place, number, timeout, payload, int(count))
		answer, err, sent := place.wait(ctx, func(how ending) { batch.end(l.handle, index, how) })
		if sent {
			return answer, err
		}
	}
	return l.send(ctx, number, timeout, payload)
}

// send sends one request by itself.
func (l *lease) send(
	ctx context.Context, method, timeout C.uint32_t, payload []byte,
) ([]byte, error) {
	place := pendings.take()
	result := C.weirgo_request_send(l.handle, method, bytesPointer(payload),
		C.size_t(len(payload)), timeout, C.uintptr_t(place.token))
	if result.status != C.WEIR_OK {
		pendings.give(place)
		return nil, newError("request", result)
	}
	answer, err, _ := place.wait(ctx, func(how ending) { how.end(l.handle, result.value) })
	return answer, err
}

// ending is how a request ends before its response: canceled, or for its time was over, which also
// stops a handler that does not come back.
type ending bool

const (
	canceled ending = false
	expired  ending = true
)

func endingOf(ctx context.Context) ending {
	return ending(errors.Is(ctx.Err(), context.DeadlineExceeded))
}

func (e ending) end(lease C.weir_handle, request C.uint64_t) {
	if e == expired {
		C.weir_request_expire(lease, request)
	} else {
		C.weir_request_cancel(lease, request)
	}
}

// wait waits for the response, or until ctx ends: then it calls `end`. `sent` is false when the
// request was not: it may be sent again.
func (p *pending) wait(
	ctx context.Context, end func(how ending),
) (answer []byte, err error, sent bool) {
	done := ctx.Done()
	if done == nil {
		<-p.ready
		return p.finish(ctx)
	}
	select {
	case <-p.ready:
	case <-done:
		if p.abandon() {
			end(endingOf(ctx))
			return nil, contextError("request", ctx), true
		}
		<-p.ready
	}
	return p.finish(ctx)
}

// requestTimeout is the time that ctx leaves, 0 for no limit.
func requestTimeout(ctx context.Context) (C.uint32_t, error) {
	if ctx.Done() != nil && ctx.Err() != nil {
		return 0, contextError("request", ctx)
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		return 0, nil
	}
	return C.uint32_t(milliseconds(time.Until(deadline))), nil
}

// finish takes the response out of the place and gives the place back.
func (p *pending) finish(ctx context.Context) (answer []byte, err error, sent bool) {
	status, data := p.status, p.data
	if p.record.token != 0 {
		data = copyBytes(p.record.data, p.record.length)
		C.weir_records_release(&p.record, 1)
		p.record = C.weir_record{}
	}
	pendings.give(p)
	switch status {
	case C.WEIR_OK:
		return data, nil, true
	case refused:
		return nil, nil, false
	}
	e := failureError("request", status, data)
	deadlinePassed(e, ctx)
	return nil, e, true
}

// response delivers a RESPONSE record; see pending.deliver.
func response(record *C.weir_record, owned bool) (kept bool) {
	place := pendings.find(token(record.user_data))
	if place == nil {
		return false
	}
	return place.deliver(record, owned)
}
