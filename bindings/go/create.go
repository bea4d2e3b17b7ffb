package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"fmt"
	"time"
)

// CreateTimeout bounds Create when its context.Context has no deadline.
const CreateTimeout = 5 * time.Second

// ContextOption changes what Create makes, or how.
type ContextOption func(*contextOptions)

type contextOptions struct {
	tag    string
	noWait bool
}

// WithTag gives the Context a name for reports, such as a tenant's.
func WithTag(tag string) ContextOption {
	return func(o *contextOptions) { o.tag = tag }
}

// NoWait lets Create fail at once with ErrPoolExhausted when every slot is in use.
func NoWait() ContextOption {
	return func(o *contextOptions) { o.noWait = true }
}

// createdRecord is what a CREATED record says.
type createdRecord struct {
	status  C.weir_status
	handle  C.weir_handle
	message string
}

// Create leases a slot and makes an instance of the library in it, from a copy of `config`.
//
// The library's create runs afterwards, on the slot's thread: Create does not wait for it, requests
// may follow at once, and when it fails they fail with ErrCreateFailed and its reason. The caller
// closes the Context in any case.
//
// When every slot is in use, Create waits for one, first come first served, until ctx ends or, when
// ctx has no deadline, for CreateTimeout. When ctx ends first it returns at once and takes nothing
// from the pool. Either way errors.Is holds for ErrPoolExhausted too, and the error has the counts.
//
// It fails with ErrStaleHandle or ErrClosed when the pool is closed, ErrTooLarge, ErrBadUTF8 for
// the tag, and ErrNoResources when the system has no thread to give.
func (p *Pool) Create(
	ctx context.Context, config []byte, options ...ContextOption,
) (*Context, error) {
	if ctx.Err() != nil {
		return nil, contextError("create", ctx)
	}
	var o contextOptions
	for _, option := range options {
		option(&o)
	}
	c := &Context{pool: p, tag: o.tag, done: make(chan struct{})}
	c.token = contexts.add(c)
	if o.noWait || p.waiting.Load() == 0 {
		result := C.weirgo_context_create(p.handle, bytesPointer(config), C.size_t(len(config)),
			textPointer(o.tag), C.uint32_t(len(o.tag)), C.uintptr_t(c.token))
		if result.status == C.WEIR_OK {
			c.handle = C.weir_handle(result.value)
			return c, nil
		}
		err := newError("create", result)
		if o.noWait || err.Code != ErrPoolExhausted {
			contexts.remove(c.token)
			return nil, err
		}
	}
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	return c.createQueued(ctx, config)
}

// createQueued waits in the pool's line: the answer comes as a CREATED record.
func (c *Context) createQueued(ctx context.Context, config []byte) (*Context, error) {
	limit := CreateTimeout
	if deadline, ok := ctx.Deadline(); ok {
		limit = time.Until(deadline)
	}
	c.created = make(chan createdRecord, 1)
	result := C.weirgo_context_create_queued(c.pool.handle, bytesPointer(config),
		C.size_t(len(config)), textPointer(c.tag), C.uint32_t(len(c.tag)),
		C.uint32_t(milliseconds(limit)), C.uintptr_t(c.token))
	if result.status != C.WEIR_OK {
		contexts.remove(c.token)
		return nil, newError("create", result)
	}
	select {
	case answer := <-c.created:
		return c.answered(ctx, answer, limit)
	case <-ctx.Done():
	}
	C.weir_context_create_cancel(c.pool.handle, C.uint64_t(result.value))
	answer := <-c.created // at once: CANCELED, unless the pool has answered before
	if answer.status == C.WEIR_OK {
		c.handle = answer.handle
		c.begin()
	} else {
		contexts.remove(c.token)
	}
	return nil, c.pool.exhausted(contextError("create", ctx))
}

func (c *Context) answered(
	ctx context.Context, answer createdRecord, limit time.Duration,
) (*Context, error) {
	if answer.status == C.WEIR_OK {
		c.handle = answer.handle
		return c, nil
	}
	contexts.remove(c.token)
	err := statusError("create", answer.status)
	err.Message = answer.message
	if err.Code == ErrTimedOut {
		deadlinePassed(err, ctx)
		err.Message = fmt.Sprintf("no slot became free in %v", limit.Round(time.Millisecond))
		c.pool.exhausted(err)
	}
	return nil, err
}

// exhausted adds to an error that no slot was free, and the pool's counts.
func (p *Pool) exhausted(err *Error) *Error {
	err.causes = append(err.causes, ErrPoolExhausted)
	stats, failed := p.Stats()
	if failed != nil {
		return err
	}
	err.SlotsTotal, err.SlotsIdle = stats.SlotsTotal, stats.SlotsIdle
	err.SlotsActive, err.SlotsQuarantined = stats.SlotsActive, stats.SlotsQuarantined
	err.Waiting = stats.Waiting
	err.Message += fmt.Sprintf(" (slots: %d total, %d idle, %d active, %d quarantined; %d waiting)",
		err.SlotsTotal, err.SlotsIdle, err.SlotsActive, err.SlotsQuarantined, err.Waiting)
	return err
}

// onCreated takes the CREATED record, exactly one a ticket.
func (c *Context) onCreated(record *C.weir_record) {
	c.created <- createdRecord{
		status:  record.status,
		handle:  record.context,
		message: copyText(record.data, record.length),
	}
}
