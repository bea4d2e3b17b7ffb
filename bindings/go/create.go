package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"fmt"
	"runtime"
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
	defer runtime.KeepAlive(p)
	if ctx.Err() != nil {
		return nil, contextError("create", ctx)
	}
	var o contextOptions
	for _, option := range options {
		option(&o)
	}
	c := &Context{pool: p, lease: newLease(p.state, o.tag)}
	c.lease.owner = refer(c)
	if err := c.lease.create(ctx, config, o.noWait); err != nil {
		if c.lease.handle == 0 {
			leases.remove(c.lease.token)
		}
		return nil, err
	}
	watchContext(c)
	return c, nil
}

// newLease registers a lease; callers of Create are two frames up.
func newLease(p *poolState, tag string) *lease {
	l := &lease{pool: p, tag: tag, maker: callersOf(2), done: make(chan struct{})}
	l.token = leases.add(l)
	return l
}

// create takes a slot, at once or in line. After an error the lease has a handle only when it got
// one too late: then it is being destroyed.
func (l *lease) create(ctx context.Context, config []byte, noWait bool) error {
	p := l.pool
	if noWait || p.waiting.Load() == 0 {
		result := C.weirgo_context_create(p.handle, bytesPointer(config), C.size_t(len(config)),
			textPointer(l.tag), C.uint32_t(len(l.tag)), C.uintptr_t(l.token))
		if result.status == C.WEIR_OK {
			l.handle = C.weir_handle(result.value)
			return nil
		}
		err := newError("create", result)
		if noWait || err.Code != ErrPoolExhausted {
			return err
		}
	}
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	return l.createQueued(ctx, config)
}

// createQueued waits in the pool's line: the answer comes as a CREATED record.
func (l *lease) createQueued(ctx context.Context, config []byte) error {
	limit := CreateTimeout
	if deadline, ok := ctx.Deadline(); ok {
		limit = time.Until(deadline)
	}
	l.created = make(chan createdRecord, 1)
	result := C.weirgo_context_create_queued(l.pool.handle, bytesPointer(config),
		C.size_t(len(config)), textPointer(l.tag), C.uint32_t(len(l.tag)),
		C.uint32_t(milliseconds(limit)), C.uintptr_t(l.token))
	if result.status != C.WEIR_OK {
		return newError("create", result)
	}
	select {
	case answer := <-l.created:
		return l.answered(ctx, answer, limit)
	case <-ctx.Done():
	}
	C.weir_context_create_cancel(l.pool.handle, C.uint64_t(result.value))
	answer := <-l.created // at once: CANCELED, unless the pool has answered before
	if answer.status == C.WEIR_OK {
		l.handle = answer.handle
		l.begin()
	}
	return l.pool.exhausted(contextError("create", ctx))
}

func (l *lease) answered(ctx context.Context, answer createdRecord, limit time.Duration) error {
	if answer.status == C.WEIR_OK {
		l.handle = answer.handle
		return nil
	}
	err := statusError("create", answer.status)
	err.Message = answer.message
	if err.Code == ErrTimedOut {
		deadlinePassed(err, ctx)
		err.Message = fmt.Sprintf("no slot became free in %v", limit.Round(time.Millisecond))
		l.pool.exhausted(err)
	}
	return err
}

// exhausted adds to an error that no slot was free, and the pool's counts.
func (p *poolState) exhausted(err *Error) *Error {
	err.causes = append(err.causes, ErrPoolExhausted)
	stats, failed := p.stats()
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
func (l *lease) onCreated(record *C.weir_record) {
	l.created <- createdRecord{
		status:  record.status,
		handle:  record.context,
		message: copyText(record.data, record.length),
	}
}
