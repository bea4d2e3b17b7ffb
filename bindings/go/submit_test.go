package weir

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

func TestRequestsThatGoTogetherAreEachAnswered(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	parallel(200, func(worker int) {
		for i := 0; i < 50; i++ {
			want := fmt.Sprintf("%d of %d%s", i, worker, strings.Repeat("x", i*30)) // some too long
			if got := request(t, c, "echo", want); got != want {
				t.Errorf("got %.40q, want %.40q", got, want)
			}
		}
	})
}

func TestFewRequestsOfANativeLibraryGoTogether(t *testing.T) {
	if from := openEcho(t).submitFrom; from != submitFromNative {
		t.Errorf("native: from %d", from)
	}
	if from := submitFrom("node"); from != submitFromEngine {
		t.Errorf("node: from %d", from)
	}
}

// joined makes a batch of requests for "never" that is not sent yet.
func joined(t *testing.T, c *Context, count int) (*submission, []*pending) {
	t.Helper()
	method, err := c.lease.pool.library.method("never")
	if err != nil {
		t.Fatal(err)
	}
	var batch *submission
	places := make([]*pending, count)
	for i := range places {
		places[i] = pendings.take()
		batch, _ = c.lease.submitter.join(entryOf(places[i], method, 0, nil), nil, submitBatch)
	}
	c.lease.submitter.take(batch)
	return batch, places
}

func TestARequestThatIsCanceledBeforeItsBatchIsSentIsCanceledThen(t *testing.T) {
	pool := newPool(t, PoolOptions{DrainTime: Off})
	c := create(t, pool, "")
	batch, places := joined(t, c, 3)
	if !places[1].abandon() {
		t.Fatal("it was answered before it was sent")
	}
	batch.end(c.lease.handle, 1, canceled)
	batch.send(c.lease.handle)
	eventually(t, "one response", func() bool { return statsOf(t, pool).ResponsesCanceled == 1 })
	if !places[2].abandon() {
		t.Fatal("it was answered")
	}
	batch.end(c.lease.handle, 2, canceled)
	eventually(t, "two", func() bool { return statsOf(t, pool).ResponsesCanceled == 2 })
	c.Close()
	_, err, sent := places[0].wait(background(t), nil)
	if !sent || err == nil || !isOneOf(err, ErrCanceled, ErrClosed) {
		t.Error(err, sent)
	}
}

func TestABatchThatIsRefusedIsSentAgainOneByOne(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	batch, places := joined(t, c, 2)
	if !places[1].abandon() {
		t.Fatal("it was answered before it was sent")
	}
	c.Close()
	batch.send(c.lease.handle)
	if _, err, sent := places[0].wait(background(t), nil); sent || err != nil {
		t.Error(err, sent)
	}
}

func TestWhatIsRefusedTogetherSaysWhy(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxRequests: 16, DrainTime: Off})
	c := create(t, pool, "")
	var full, canceled atomic.Int32
	request(t, c, "echo", "x") // the instance is there
	over := make(chan struct{})
	go func() {
		defer close(over)
		parallel(100, func(int) {
			_, err := c.Request(context.Background(), "never", []byte("x"))
			var e *Error
			switch {
			case !errors.As(err, &e) || e.Message == "":
				t.Errorf("no reason: %v", err)
			case e.Code == ErrQueueFull:
				full.Add(1)
			default:
				canceled.Add(1)
			}
		})
	}()
	eventually(t, "refusals", func() bool { return full.Load() == 84 })
	c.Close()
	<-over
	if full.Load() != 84 || canceled.Load() != 16 {
		t.Errorf("%d refused, %d canceled", full.Load(), canceled.Load())
	}
}
