package weir

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestCloseTwiceIsNoErrorAndUseAfterCloseIsRefused(t *testing.T) {
	pool := newPool(t, PoolOptions{})
	c := create(t, pool, "")
	request(t, c, "echo", "x")
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Request(background(t), "echo", nil); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("request: %v", err)
	}
	if _, err := c.Listen("tick", func(Event) {}); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("listen: %v", err)
	}
	if _, _, err := c.Events("tick", 1); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("events: %v", err)
	}
	if err := errors.Join(pool.Close(), pool.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Create(background(t), nil); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("create: %v", err)
	}
	if err := pool.Prewarm(1); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("prewarm: %v", err)
	}
	if _, err := pool.Stats(); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("stats: %v", err)
	}
}

func TestATagMustBeText(t *testing.T) {
	pool := newPool(t, PoolOptions{})
	for tag, code := range map[string]Code{
		"tenant\xff": ErrBadUTF8, strings.Repeat("x", 256): ErrTooLarge,
	} {
		if _, err := pool.Create(background(t), nil, WithTag(tag)); !errors.Is(err, code) {
			t.Errorf("%q: %v", tag, err)
		}
	}
}

func TestAllWhoDestroyGetTheSameReport(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	var reports sync.Map
	parallel(8, func(int) {
		report, err := c.Destroy(background(t))
		if err != nil {
			t.Error(err)
		}
		reports.Store(report, true)
	})
	n := 0
	reports.Range(func(_, _ any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d different reports", n)
	}
}

func TestACreateAfterDestroyOnAPoolOfOneSucceedsAtOnce(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 1})
	for i := 0; i < 2000; i++ {
		c, err := pool.Create(background(t), nil, NoWait())
		if err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if stats, _ := pool.Stats(); stats.SlotsBuilt != 1 {
		t.Errorf("%d slots were built", stats.SlotsBuilt)
	}
}

func TestDestroyAnswersAllPendingRequestsFirst(t *testing.T) {
	pool := newPool(t, PoolOptions{DrainTime: 50 * time.Millisecond})
	c := create(t, pool, "")
	var failed atomic.Int32
	var group sync.WaitGroup
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			_, err := c.Request(context.Background(), "never", nil)
			if errors.Is(err, ErrCanceled) || errors.Is(err, ErrClosed) {
				failed.Add(1)
			} else {
				t.Errorf("got %v", err)
			}
		}()
	}
	eventually(t, "100 requests are accepted", func() bool {
		return statsOf(t, pool).RequestsAccepted == 100
	})
	request(t, c, "echo", "all handlers have begun")
	report, err := c.Destroy(background(t))
	if err != nil {
		t.Fatal(err)
	}
	stats, _ := pool.Stats()
	if n := stats.ResponsesCanceled + stats.ResponsesClosed; n != 100 {
		t.Errorf("%d requests were answered before Destroy returned", n)
	}
	if report.Canceled+report.Closed != 100 || report.Abandoned != 0 {
		t.Errorf("report: %+v", report)
	}
	group.Wait()
	if failed.Load() != 100 {
		t.Errorf("%d requests failed as they should", failed.Load())
	}
}

// beginSleep returns when a handler sleeps.
func beginSleep(t *testing.T, c *Context, ms string) {
	t.Helper()
	begun, _, err := c.Events("begun", 1)
	if err != nil {
		t.Fatal(err)
	}
	go c.Request(context.Background(), "sleep", []byte(ms))
	<-begun
}

func TestAHandlerThatIgnoresCancelIsAbandonedAndItsSlotComesBack(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 1, DrainTime: Off, CancelTime: 20 * time.Millisecond})
	c := create(t, pool, "")
	beginSleep(t, c, "600")
	report, _ := c.Destroy(background(t))
	if report.Abandoned != 1 {
		t.Errorf("report: %+v", report)
	}
	_, err := pool.Create(background(t), nil, NoWait())
	var e *Error
	if !errors.As(err, &e) || e.Code != ErrPoolExhausted || e.SlotsQuarantined != 1 {
		t.Errorf("create in quarantine: %v", err)
	}
	request(t, create(t, pool, ""), "echo", "the slot came back")
}

func TestDestroyReturnsWhenItsContextEnds(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	beginSleep(t, c, "300")
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := c.Destroy(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Request(background(t), "echo", nil); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("the context is dead at once: %v", err)
	}
	if report, err := c.Destroy(background(t)); err != nil || report.Drained != 1 {
		t.Errorf("report: %+v, %v", report, err)
	}
}

func TestAnExhaustedPoolSaysSoWithItsCounts(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 2})
	a, b := create(t, pool, ""), create(t, pool, "")
	_, err := pool.Create(background(t), nil, NoWait())
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, ErrPoolExhausted) {
		t.Fatalf("got %v", err)
	}
	if e.SlotsTotal != 2 || e.SlotsActive != 2 || e.SlotsIdle != 0 {
		t.Errorf("counts: %+v", e)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	_, err = pool.Create(ctx, nil)
	for _, target := range []error{ErrPoolExhausted, ErrTimedOut, context.DeadlineExceeded} {
		if !errors.Is(err, target) {
			t.Errorf("%v is not %v", err, target)
		}
	}
	canceled, cancelNow := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancelNow)
	if _, err = pool.Create(canceled, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if stats, _ := pool.Stats(); stats.Waiting != 0 {
		t.Errorf("%d still wait", stats.Waiting)
	}
	if err := errors.Join(a.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	create(t, pool, "")
	create(t, pool, "")
}

func TestWaitersAreServedFirstComeFirstServed(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 1})
	holder := create(t, pool, "")
	const waiters = 20
	order := make(chan int, waiters)
	var group sync.WaitGroup
	for i := 0; i < waiters; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			c, err := pool.Create(background(t), nil)
			if err != nil {
				t.Error(err)
				return
			}
			order <- i
			c.Close()
		}(i)
		eventually(t, "it waits", func() bool { return statsOf(t, pool).Waiting == i+1 })
	}
	holder.Close()
	group.Wait()
	for i := 0; i < waiters; i++ {
		if got := <-order; got != i {
			t.Fatalf("waiter %d was served in place %d", got, i)
		}
	}
}

func TestManyWaitersOnFewSlotsAreAllServed(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 3})
	parallel(200, func(int) {
		for i := 0; i < 20; i++ {
			c := create(t, pool, "")
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	if stats, _ := pool.Stats(); stats.ContextsCreated != 4000 || stats.SlotsBuilt > 3 {
		t.Errorf("stats: %+v", stats)
	}
}

func TestClosingAPoolEndsEverythingInIt(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 1, DrainTime: Off})
	c := create(t, pool, "")
	requested, waited := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := c.Request(context.Background(), "never", nil)
		requested <- err
	}()
	go func() {
		_, err := pool.Create(context.Background(), nil)
		waited <- err
	}()
	eventually(t, "one waits for a slot and one for an answer", func() bool {
		stats := statsOf(t, pool)
		return stats.Waiting == 1 && stats.RequestsAccepted == 1
	})
	report, err := pool.Shutdown(background(t))
	if err != nil || report.ContextsDestroyed != 1 || report.SlotsAbandoned != 0 {
		t.Errorf("report: %+v, %v", report, err)
	}
	if err := <-requested; !errors.Is(err, ErrCanceled) && !errors.Is(err, ErrClosed) {
		t.Errorf("request: %v", err)
	}
	if err := <-waited; !errors.Is(err, ErrClosed) {
		t.Errorf("create: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("close of a context whose pool is closed: %v", err)
	}
}
