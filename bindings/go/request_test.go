package weir

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestEchoReturnsTheSameBytes(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	for _, size := range []int{0, 1, 64, 64 << 10, 1 << 20} {
		payload := make([]byte, size)
		for i := range payload {
			payload[i] = byte(i * 31)
		}
		answer, err := c.Request(background(t), "echo", payload)
		if err != nil {
			t.Fatal(err)
		}
		if answer == nil || !bytes.Equal(answer, payload) {
			t.Errorf("%d bytes came back as %d", size, len(answer))
		}
	}
}

func TestAPayloadInsideAStructWithPointersIsAccepted(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	value := &struct {
		pointer *int
		bytes   [8]byte
	}{new(int), [8]byte{1, 2, 3}}
	answer, err := c.Request(background(t), "echo", value.bytes[:3])
	if err != nil || !bytes.Equal(answer, []byte{1, 2, 3}) {
		t.Errorf("got %v, %v", answer, err)
	}
}

func TestConfigReachesTheInstance(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "path=x\n", WithTag("tenant-1"))
	if got := request(t, c, "config", ""); got != "path=x\n" {
		t.Errorf("config is %q", got)
	}
	if c.Tag() != "tenant-1" {
		t.Errorf("tag is %q", c.Tag())
	}
}

func TestAllRequestsOfAContextRunOnOneThread(t *testing.T) {
	pool := newPool(t, PoolOptions{})
	a, b := create(t, pool, ""), create(t, pool, "")
	var threads sync.Map
	parallel(64, func(int) {
		for i := 0; i < 500; i++ {
			threads.Store("a"+request(t, a, "thread_id", ""), true)
		}
		threads.Store("b"+request(t, b, "thread_id", ""), true)
	})
	seen := []string{}
	threads.Range(func(key, _ any) bool {
		seen = append(seen, key.(string))
		return true
	})
	if len(seen) != 2 || seen[0][1:] == seen[1][1:] {
		t.Errorf("threads: %v", seen)
	}
}

func TestTenRacingFirstCallersMakeOneInstance(t *testing.T) {
	pool := newPool(t, PoolOptions{})
	before := request(t, create(t, pool, ""), "instances", "")
	c := create(t, pool, "")
	var answers sync.Map
	parallel(10, func(int) { answers.Store(request(t, c, "instances", ""), true) })
	var one, two int
	fmt.Sscan(before, &one)
	answers.Range(func(key, _ any) bool {
		fmt.Sscan(key.(string), &two)
		if two != one+1 {
			t.Errorf("%d instances before, %d after", one, two)
		}
		return true
	})
}

func TestAHandlerErrorHasItsMessage(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	_, err := c.Request(background(t), "fail", []byte("line 7: no such thing"))
	var e *Error
	if !errors.Is(err, ErrHandler) || !errors.As(err, &e) || e.Message != "line 7: no such thing" {
		t.Errorf("got %v", err)
	}
	if text := err.Error(); text != "weir: request: HANDLER: line 7: no such thing" {
		t.Errorf("text is %q", text)
	}
	request(t, c, "echo", "still usable")
}

func TestUnknownMethodsAreRefused(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	for _, name := range []string{"nothing", "echo\x00", "ECHO", strings.Repeat("x", 255)} {
		if _, err := c.Request(background(t), name, nil); !errors.Is(err, ErrUnknownMethod) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := c.Request(background(t), "", nil); err == nil {
		t.Error("a method without a name was accepted")
	}
}

func TestATooLargePayloadIsRefused(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{MaxPayload: 1000}), "")
	_, err := c.Request(background(t), "echo", make([]byte, 1001))
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	request(t, c, "echo", strings.Repeat("x", 1000))
}

func TestCancelEndsARequestAtOnce(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	cause := errors.New("the user went away")
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(20*time.Millisecond, func() { cancel(cause) })
	start := time.Now()
	_, err := c.Request(ctx, "never", nil)
	if !errors.Is(err, ErrCanceled) || !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("a cancel is not a deadline")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	if _, err := c.Request(ctx, "echo", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a request with an ended context: %v", err)
	}
	request(t, c, "echo", "still usable")
}

func TestADeadlineEndsARequest(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	for _, timeout := range []time.Duration{time.Microsecond, 20 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		_, err := c.Request(ctx, "never", nil)
		if !errors.Is(err, ErrTimedOut) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v: got %v", timeout, err)
		}
		cancel()
	}
}

func TestTheLibrarySeesTheDeadline(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	answer, err := c.Request(ctx, "remaining", nil)
	if err != nil {
		t.Fatal(err)
	}
	var ms int
	fmt.Sscan(string(answer), &ms)
	if ms < 30_000 || ms > 60_001 {
		t.Errorf("%d ms are left of a minute", ms)
	}
}

// Deadline and answer race: either result is right, but each is given once and no place is lost.
func TestCancelRacingWithTheAnswerLosesNothing(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	parallel(8, func(worker int) {
		for i := 0; i < 2000; i++ {
			ctx, cancel := context.WithCancel(context.Background())
			go cancel()
			answer, err := c.Request(ctx, "echo", []byte{byte(worker)})
			// Canceled requests count until the library's thread has passed them.
			if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, ErrQueueFull) {
				t.Errorf("got %v", err)
			}
			if err == nil && !bytes.Equal(answer, []byte{byte(worker)}) {
				t.Errorf("worker %d got %v", worker, answer)
			}
			cancel()
		}
	})
	awaitRoom(t, c)
}

func TestAFullQueueRefusesAndRecovers(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{MaxRequests: 8}), "")
	ctx, cancel := context.WithCancel(background(t))
	var full, canceled int
	var lock sync.Mutex
	parallel(20, func(int) {
		_, err := c.Request(ctx, "never", nil)
		lock.Lock()
		defer lock.Unlock()
		switch {
		case errors.Is(err, ErrQueueFull):
			if full++; full == 12 {
				cancel()
			}
		case errors.Is(err, ErrCanceled):
			canceled++
		default:
			t.Errorf("got %v", err)
		}
	})
	if full != 12 || canceled != 8 {
		t.Errorf("%d refused, %d canceled", full, canceled)
	}
	awaitRoom(t, c)
}

// awaitRoom repeats a request until the queue is no longer full: it must not stay so.
func awaitRoom(t *testing.T, c *Context) {
	t.Helper()
	eventually(t, "room in the queue", func() bool {
		_, err := c.Request(background(t), "echo", nil)
		if err != nil && !errors.Is(err, ErrQueueFull) {
			t.Fatal(err)
		}
		return err == nil
	})
}

func TestAFailedCreateFailsItsRequests(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 1})
	for i := 0; i < 20; i++ {
		c := create(t, pool, "fail disk is full")
		_, err := c.Request(background(t), "echo", nil)
		var e *Error
		if !errors.Is(err, ErrCreateFailed) || !errors.As(err, &e) || e.Message != "disk is full" {
			t.Fatalf("got %v", err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	request(t, create(t, pool, ""), "echo", "the slot is usable")
}

// parallel runs body on n goroutines and waits for them.
func parallel(n int, body func(worker int)) {
	var group sync.WaitGroup
	for i := 0; i < n; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			body(i)
		}(i)
	}
	group.Wait()
}
