//go:build go1.24

package weir

import (
	"bytes"
	"log"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// notices collects what OnNotice is told.
type notices struct {
	lock sync.Mutex
	all  []Notice
}

func (n *notices) add(notice Notice) {
	n.lock.Lock()
	defer n.lock.Unlock()
	n.all = append(n.all, notice)
}

func (n *notices) of(kind NoticeKind) (found []Notice) {
	n.lock.Lock()
	defer n.lock.Unlock()
	for _, one := range n.all {
		if one.Kind == kind {
			found = append(found, one)
		}
	}
	return found
}

// collected is eventually with a garbage collection before each look.
func collected(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	eventually(t, what, func() bool {
		runtime.GC()
		return isSo()
	})
}

//go:noinline
func dropContext(t *testing.T, pool *Pool) {
	request(t, create(t, pool, "", WithTag("tenant-7")), "echo", "x")
}

func TestAContextThatWasDroppedIsClosedAndReported(t *testing.T) {
	var told notices
	pool := newPool(t, PoolOptions{OnNotice: told.add})
	dropContext(t, pool)
	collected(t, "a notice", func() bool { return len(told.of(NoticeContextLeaked)) == 1 })
	notice := told.of(NoticeContextLeaked)[0]
	for _, want := range []string{`the context "tenant-7"`, "weir-go.dropContext", "leak_test.go:"} {
		if !strings.Contains(notice.Message, want) {
			t.Errorf("%q is not in %q", want, notice.Message)
		}
	}
	if notice.Context != nil {
		t.Error("a notice of what was dropped brings it back")
	}
	eventually(t, "its destroy", func() bool { return statsOf(t, pool).ContextsDestroyed == 1 })
}

func TestContextsInUseAreNotFoundDropped(t *testing.T) {
	var told notices
	pool := newPool(t, PoolOptions{OnNotice: told.add})
	closed, held := create(t, pool, ""), create(t, pool, "")
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	listen := func() {
		if _, err := create(t, pool, "").Listen("tick", func(Event) {}); err != nil {
			t.Fatal(err)
		}
	}
	listen()
	waiting := make(chan struct{})
	go func() { // only its own stack has the context
		defer close(waiting)
		request(t, create(t, pool, ""), "sleep_async", "300")
	}()
	for i := 0; ; i++ {
		runtime.GC()
		select {
		case <-waiting:
			// Of the one that is dropped now, the notice may come before the end of its destroy.
			eventually(t, "one context closed", func() bool {
				leaked := uint64(len(told.of(NoticeContextLeaked)))
				return statsOf(t, pool).ContextsDestroyed-leaked == 1
			})
			runtime.KeepAlive(held)
			return
		default:
		}
		if n := len(told.of(NoticeContextLeaked)); n != 0 {
			t.Fatalf("%d contexts are said to be dropped", n)
		}
	}
}

//go:noinline
func dropPool(t *testing.T, options PoolOptions) {
	pool, err := openEcho(t).NewPool(options)
	if err != nil {
		t.Fatal(err)
	}
	request(t, create(t, pool, ""), "echo", "x")
}

func TestAPoolThatWasDroppedIsClosedAndReported(t *testing.T) {
	var told notices
	dropPool(t, PoolOptions{OnNotice: told.add})
	collected(t, "a notice", func() bool { return len(told.of(NoticePoolLeaked)) == 1 })
	message := told.of(NoticePoolLeaked)[0].Message
	if !strings.HasPrefix(message, "a pool was dropped without Close") ||
		!strings.Contains(message, "weir-go.dropPool") {
		t.Error(message)
	}
	if stats := settled(t); stats.Pools+stats.Contexts+stats.Slots != 0 {
		t.Errorf("%+v", stats)
	}
}

// lockedBuffer may be written while it is read.
type lockedBuffer struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.Write(data)
}

func (b *lockedBuffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.String()
}

func TestWithoutOnNoticeTheLogIsTold(t *testing.T) {
	var output lockedBuffer
	log.SetOutput(&output)
	defer log.SetOutput(os.Stderr)
	dropContext(t, newPool(t, PoolOptions{}))
	collected(t, "a line", func() bool {
		return strings.Contains(output.String(), `weir: the context "tenant-7" was dropped`)
	})
}
