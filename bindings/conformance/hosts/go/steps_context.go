package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

func create(w *world, step *fields) error {
	config, configErr := bytesOf(step.maybe("config"))
	tag, tagErr := bytesOf(step.maybe("tag"))
	if err := errors.Join(configErr, tagErr); err != nil {
		return err
	}
	options := []weir.ContextOption{weir.WithTag(string(tag))}
	ctx, cancel := context.WithCancel(context.Background())
	if step.maybe("wait_ms") == nil {
		options = append(options, weir.NoWait())
	} else {
		limit := time.Duration(step.number("wait_ms")) * time.Millisecond
		ctx, cancel = context.WithTimeout(context.Background(), limit)
	}
	l := &lease{cancel: cancel, created: make(chan struct{})}
	if err := w.add(step.text("as"), l); err != nil {
		return err
	}
	begin := func() {
		made, err := w.pool.Create(ctx, config, options...)
		w.lock.Lock()
		l.context, l.err = made, err
		w.lock.Unlock()
		close(l.created)
	}
	if step.truth("background") {
		go begin()
		return compareFailure(step, nil)
	}
	begin()
	var failure *weir.Error
	if slots := step.maybe("slots"); slots != nil && errors.As(l.err, &failure) {
		if err := compareCounts(step.what, slots, *failure); err != nil {
			return err
		}
	}
	return compareFailure(step, l.err)
}

func created(w *world, step *fields) error {
	l, err := find[*lease](w, step.text("of"))
	if err != nil {
		return err
	}
	if err := waitClosed(step.what, l.created); err != nil {
		return err
	}
	return compareFailure(step, l.err)
}

func cancelCreate(w *world, step *fields) error {
	l, err := find[*lease](w, step.text("of"))
	if err == nil {
		l.cancel()
	}
	return err
}

// destroy without waiting is Destroy with a context.Context that has ended: the destruction goes
// on.
func destroy(w *world, step *fields) error {
	l, err := find[*lease](w, step.text("of"))
	if err != nil {
		return err
	}
	expected, report := step.text("expect"), step.maybe("report")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if !step.truth("wait") {
		cancel()
	}
	got, err := l.context.Destroy(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	if differed := compareStatus(step.what, expected, err); differed != nil {
		return differed
	}
	return compareCounts(step.what+": report", report, got)
}

func destroyed(w *world, step *fields) error {
	l, err := find[*lease](w, step.text("of"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	got, err := l.context.Destroy(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", step.what, err)
	}
	return compareCounts(step.what+": report", step.maybe("report"), got)
}

func listen(w *world, step *fields) error {
	on, err := find[*lease](w, step.text("on"))
	if err != nil {
		return err
	}
	event, err := bytesOf(step.maybe("event"))
	if err != nil {
		return err
	}
	l := &listener{ready: make(chan struct{})}
	if err := w.add(step.text("as"), l); err != nil {
		return err
	}
	gate, inner := step.text("gate"), innerSteps(step.maybe("steps"))
	made, err := on.context.Listen(string(event), func(e weir.Event) {
		w.lock.Lock()
		l.heard = append(l.heard, e)
		first := len(l.heard) == 1
		w.lock.Unlock()
		if first {
			w.onFirstEvent(gate, inner)
		}
	})
	l.weir = made
	close(l.ready)
	return compareStatus(step.what, step.text("expect"), err)
}

func innerSteps(value any) []map[string]any {
	list, _ := value.([]any)
	all := make([]map[string]any, len(list))
	for at, one := range list {
		all[at], _ = one.(map[string]any)
	}
	return all
}

func (w *world) onFirstEvent(gate string, inner []map[string]any) {
	var err error
	if gate != "" {
		err = standAtGate(gate)
	}
	if err == nil {
		err = w.runSteps(inner)
	}
	if err != nil {
		w.differs("in a listener: " + err.Error())
	}
}

func unlisten(w *world, step *fields) error {
	l, err := find[*listener](w, step.text("of"))
	if err != nil {
		return err
	}
	if err := waitClosed(step.what, l.ready); err != nil {
		return err
	}
	return compareStatus(step.what, step.text("expect"), l.weir.Close())
}

func events(w *world, step *fields) error {
	l, err := find[*listener](w, step.text("of"))
	if err != nil {
		return err
	}
	var expected [][]byte
	payloads, _ := step.maybe("payloads").([]any)
	for _, payload := range payloads {
		data, err := bytesOf(payload)
		if err != nil {
			return err
		}
		expected = append(expected, data)
	}
	for number := 0; number < step.number("numbers"); number++ {
		expected = append(expected, []byte(fmt.Sprint(number)))
	}
	names, _ := step.maybe("names").([]any)
	if err := w.waitFor(step.what, func() bool { return len(l.heard) >= len(expected) }); err != nil {
		return err
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	return compareEvents(step.what, expected, names, l.heard)
}

func compareEvents(what string, expected [][]byte, names []any, heard []weir.Event) error {
	if len(heard) != len(expected) {
		return fmt.Errorf("%s: events: expected %d, got %d", what, len(expected), len(heard))
	}
	for at, wanted := range expected {
		if string(wanted) != string(heard[at].Payload) {
			return fmt.Errorf("%s: event %d: expected %s, got %s",
				what, at, shown(wanted), shown(heard[at].Payload))
		}
	}
	for at, name := range names {
		if heard[at].Name != name {
			return fmt.Errorf("%s: event %d is named %s", what, at, heard[at].Name)
		}
	}
	return nil
}

var noticeKinds = map[string]weir.NoticeKind{
	"UNRESPONSIVE":   weir.NoticeUnresponsive,
	"RESPONSIVE":     weir.NoticeResponsive,
	"EVENTS_DROPPED": weir.NoticeEventsDropped,
	"INSTANCE_ENDED": weir.NoticeInstanceEnded,
}

func notice(w *world, step *fields) error {
	l, err := find[*lease](w, step.text("on"))
	if err != nil {
		return err
	}
	if err := w.waitFor(step.what, func() bool { return len(l.notices) > 0 }); err != nil {
		return err
	}
	w.lock.Lock()
	next := l.notices[0]
	l.notices = l.notices[1:]
	w.lock.Unlock()
	if wanted := step.text("notice"); noticeKinds[wanted] != next.Kind {
		return fmt.Errorf("%s: expected %s, got kind %d", step.what, wanted, next.Kind)
	}
	number := int64(next.Count) + next.Took.Milliseconds() // one of them is 0
	if expected := step.maybe("number"); expected != nil && !countFits(expected, number) {
		return fmt.Errorf("%s: number: expected %s, got %d", step.what, dump(expected), number)
	}
	if part := step.text("message"); part != "" {
		return comparePart(step.what+": message", part, []byte(next.Message))
	}
	return nil
}
