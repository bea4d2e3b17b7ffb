package weir

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestEventsArriveInOrderAndOnce(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	const count = 20_000
	done := make(chan struct{})
	next := 0
	_, err := c.Listen("tick", func(e Event) {
		if e.Name != "tick" || e.Context != c || string(e.Payload) != fmt.Sprint(next) {
			t.Errorf("event %q %q in place %d", e.Name, e.Payload, next)
		}
		if next++; next == count {
			close(done)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if accepted := request(t, c, "emit", fmt.Sprint(count)); accepted != fmt.Sprint(count) {
		t.Errorf("%s of %d were accepted", accepted, count)
	}
	<-done
}

func TestAListenerWithoutANameHearsAll(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	all, l, err := c.Events("", 4)
	if err != nil {
		t.Fatal(err)
	}
	var named atomic.Int32
	if _, err := c.Listen("one", func(Event) { named.Add(1) }); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two", "one"} {
		request(t, c, "emit_named", name)
		if e := <-all; e.Name != name || string(e.Payload) != name {
			t.Errorf("got %q %q instead of %q", e.Name, e.Payload, name)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, open := <-all; open {
		t.Error("the channel is not closed")
	}
	eventually(t, "two events", func() bool { return named.Load() >= 2 })
	c.Close()
	if named.Load() != 2 {
		t.Errorf("the listener of one name heard %d", named.Load())
	}
}

func TestAClosedListenerHearsNothing(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	var heard atomic.Int32
	first := make(chan struct{}, 1)
	var l *Listener
	var lock sync.Mutex
	lock.Lock()
	l, err := c.Listen("tick", func(Event) {
		lock.Lock()
		defer lock.Unlock()
		heard.Add(1)
		l.Close() // in its own call
		first <- struct{}{}
	})
	lock.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	request(t, c, "emit", "100")
	<-first
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	request(t, c, "emit", "100")
	c.Close()
	if heard.Load() != 1 {
		t.Errorf("heard %d events", heard.Load())
	}
}

func TestASlowListenerHoldsTheLibraryBackAndLosesNothing(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{MaxEvents: 64}), "")
	var heard atomic.Int32
	c.Listen("tick", func(Event) {
		heard.Add(1)
		time.Sleep(50 * time.Microsecond)
	})
	if accepted := request(t, c, "emit", "1000"); accepted != "1000" {
		t.Errorf("%s were accepted", accepted)
	}
	eventually(t, "1,000 events", func() bool { return heard.Load() == 1000 })
}

func TestAListenerMayDestroyItsContext(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	reports := make(chan DestroyReport, 1)
	c.Listen("tick", func(Event) {
		report, err := c.Destroy(background(t))
		if err != nil {
			t.Error(err)
		}
		reports <- report
	})
	c.Request(background(t), "emit", []byte("10"))
	if report := <-reports; report.CallbacksRunning != 1 {
		t.Errorf("report: %+v", report)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestDestroyWaitsForAListenerThatRuns(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	begun := make(chan struct{})
	var ended atomic.Bool
	var calls atomic.Int32
	c.Listen("tick", func(Event) {
		if calls.Add(1) == 1 {
			close(begun)
			time.Sleep(50 * time.Millisecond)
			ended.Store(true)
		}
	})
	request(t, c, "emit", "10")
	<-begun
	report, err := c.Destroy(background(t))
	if err != nil || report.CallbacksRunning != 0 || !ended.Load() {
		t.Errorf("report: %+v, %v; ended: %v", report, err, ended.Load())
	}
	if calls.Load() != 1 {
		t.Errorf("%d listeners began after Destroy", calls.Load()-1)
	}
}

func TestAListenerMayCloseItsPool(t *testing.T) {
	pool := newPool(t, PoolOptions{})
	c := create(t, pool, "")
	reports := make(chan CloseReport, 1)
	c.Listen("tick", func(Event) {
		report, err := pool.Shutdown(background(t))
		if err != nil {
			t.Error(err)
		}
		reports <- report
	})
	c.Request(background(t), "emit", []byte("10"))
	if report := <-reports; report.CallbacksRunning != 1 || report.ContextsDestroyed != 1 {
		t.Errorf("report: %+v", report)
	}
}

func TestDestroyEndsAReceiverThatDoesNotReceive(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{MaxEvents: 16}), "")
	events, _, err := c.Events("tick", 0)
	if err != nil {
		t.Fatal(err)
	}
	request(t, c, "emit", "10")
	if report, err := c.Destroy(background(t)); err != nil || report.CallbacksRunning != 0 {
		t.Errorf("report: %+v, %v", report, err)
	}
	if _, open := <-events; open {
		t.Error("the channel is not closed")
	}
}

func TestTheNextOwnerOfASlotHearsNothingOfTheLast(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 1})
	for i := 0; i < 50; i++ {
		a := create(t, pool, "")
		hold := make(chan struct{})
		a.Listen("tick", func(Event) { <-hold })
		request(t, a, "emit", "500")
		time.AfterFunc(time.Millisecond, func() { close(hold) })
		a.Close()
		b := create(t, pool, "")
		var heard atomic.Int32
		b.Listen("tick", func(Event) { heard.Add(1) })
		request(t, b, "echo", "")
		b.Close()
		if heard.Load() != 0 {
			t.Fatalf("heard %d events of the last owner", heard.Load())
		}
	}
}

func TestAWedgedHandlerIsNoticedAndItsEnd(t *testing.T) {
	notices := make(chan Notice, 10)
	c := create(t, newPool(t, PoolOptions{
		SlowAfter: 20 * time.Millisecond, WedgedAfter: 50 * time.Millisecond,
		CheckEvery: 10 * time.Millisecond, OnNotice: func(n Notice) { notices <- n },
	}), "")
	request(t, c, "sleep", "400")
	for _, kind := range []NoticeKind{NoticeUnresponsive, NoticeResponsive} {
		var n Notice
		select {
		case n = <-notices:
		case <-background(t).Done():
			t.Fatalf("no notice of kind %d", kind)
		}
		if n.Kind != kind || n.Context != c || n.Took < 50*time.Millisecond {
			t.Errorf("notice: %+v", n)
		}
	}
}

func TestListenRefusesWhatCannotBe(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	for name, code := range map[string]Code{
		strings.Repeat("x", 256): ErrTooLarge, "tick\xff": ErrBadUTF8,
	} {
		if _, err := c.Listen(name, func(Event) {}); !errors.Is(err, code) {
			t.Errorf("%q: %v", name, err)
		}
		if _, _, err := c.Events(name, 0); !errors.Is(err, code) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := c.Listen("tick", nil); !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("a nil handler: %v", err)
	}
	if _, _, err := c.Events("tick", -1); !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("a negative capacity: %v", err)
	}
}
