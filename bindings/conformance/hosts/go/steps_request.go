package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

type order struct {
	lease   *lease
	method  string
	payload []byte
	timeout time.Duration
}

func takeOrder(w *world, step *fields) (order, error) {
	on, err := find[*lease](w, step.text("on"))
	method, methodErr := bytesOf(step.maybe("method"))
	payload, payloadErr := bytesOf(step.maybe("send"))
	timeout := time.Duration(step.number("timeout_ms")) * time.Millisecond
	return order{on, string(method), payload, timeout}, errors.Join(err, methodErr, payloadErr)
}

func (o order) context() (context.Context, context.CancelFunc) {
	if o.timeout > 0 {
		return context.WithTimeout(context.Background(), o.timeout)
	}
	return context.WithCancel(context.Background())
}

// sending is a context.Context that tells when Request waits: it asks for Done once before it
// sends, and again when the request is in the queue.
type sending struct {
	context.Context
	asked  atomic.Int32
	waits  chan struct{}
	inside sync.Once
}

func (s *sending) Done() <-chan struct{} {
	if s.asked.Add(1) > 1 {
		s.inside.Do(func() { close(s.waits) })
	}
	return s.Context.Done()
}

// start sends from a goroutine of its own and returns when the request is in the queue or has
// failed, so that the next one is behind it.
func (w *world) start(name string, o order) error {
	ctx, cancel := o.context()
	c := &called{cancel: cancel, done: make(chan struct{})}
	if err := w.add(name, c); err != nil {
		return err
	}
	sent := &sending{Context: ctx, waits: make(chan struct{})}
	go func() {
		c.data, c.err = o.lease.context.Request(sent, o.method, o.payload)
		close(c.done)
	}()
	select {
	case <-sent.waits:
	case <-c.done:
	case <-time.After(patience):
		return fmt.Errorf("%s was not sent", name)
	}
	return nil
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

func send(w *world, step *fields) error {
	o, err := takeOrder(w, step)
	if err != nil {
		return err
	}
	return w.start(step.text("as"), o)
}

func numbered(text string, number int) string {
	return strings.ReplaceAll(text, "{n}", fmt.Sprint(number))
}

func sendMany(w *world, step *fields) error {
	on, err := find[*lease](w, step.text("on"))
	if err != nil {
		return err
	}
	name, method, text := step.text("as"), step.text("method"), step.text("text")
	for number := 0; number < step.number("count"); number++ {
		o := order{lease: on, method: method, payload: []byte(numbered(text, number))}
		if err := w.start(fmt.Sprintf("%s.%d", name, number), o); err != nil {
			return err
		}
	}
	return nil
}

func await(w *world, step *fields) error {
	c, err := find[*called](w, step.text("of"))
	if err != nil {
		return err
	}
	if err := waitClosed(step.what, c.done); err != nil {
		return err
	}
	return compareAnswer(step, c.data, c.err)
}

func awaitMany(w *world, step *fields) error {
	name, text := step.text("of"), step.text("text")
	expected, _ := step.maybe("statuses").(map[string]any)
	total, found := 0, map[string]int{}
	for _, count := range expected {
		total += int(count.(float64))
	}
	for number := 0; number < total; number++ {
		c, err := find[*called](w, fmt.Sprintf("%s.%d", name, number))
		if err != nil {
			return err
		}
		if err := waitClosed(step.what, c.done); err != nil {
			return err
		}
		found[statusOf(c.err)]++
		if text != "" && c.err == nil && string(c.data) != numbered(text, number) {
			return fmt.Errorf("%s: number %d answered %s", step.what, number, shown(c.data))
		}
	}
	for status, count := range expected {
		if found[status] != int(count.(float64)) {
			return fmt.Errorf("%s: expected %s, got %s", step.what, dump(expected), dump(found))
		}
	}
	return nil
}

func request(w *world, step *fields) error {
	o, err := takeOrder(w, step)
	if err != nil {
		return err
	}
	retries := step.text("when_full") == "retry"
	for end := time.Now().Add(patience); ; {
		ctx, cancel := o.context()
		data, err := o.lease.context.Request(ctx, o.method, o.payload)
		cancel()
		if retries && errors.Is(err, weir.ErrQueueFull) && time.Now().Before(end) {
			continue
		}
		return compareAnswer(step, data, err)
	}
}

func pending(w *world, step *fields) error {
	c, err := find[*called](w, step.text("of"))
	if err == nil && isClosed(c.done) {
		err = fmt.Errorf("%s: it was answered %s", step.what, statusOf(c.err))
	}
	return err
}

func cancel(w *world, step *fields) error {
	c, err := find[*called](w, step.text("of"))
	if err == nil {
		c.cancel()
		err = compareStatus(step.what, step.text("expect"), nil)
	}
	return err
}
