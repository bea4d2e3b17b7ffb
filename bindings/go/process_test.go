package weir

import (
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// children are what this program does instead of its tests when a test starts it again.
var children = map[string]func(library string) int{
	"idle":  idleChild,
	"panic": panicChild,
}

// startChild runs a child to its end; `environment` is added to its own.
func startChild(t *testing.T, role string, environment ...string) (output string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), "WEIR_TEST_CHILD="+role)
	child.Env = append(child.Env, environment...)
	text, err := child.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("the child does not end: %v\n%s", err, text)
	}
	return string(text), child.ProcessState.ExitCode()
}

// idleChild leaves contexts, a listener and a request open and returns.
func idleChild(path string) int {
	library, err := Open(path)
	if err != nil {
		return 1
	}
	pool, err := library.NewPool(PoolOptions{})
	if err != nil {
		return 2
	}
	if err := pool.Prewarm(4); err != nil {
		return 3
	}
	c, err := pool.Create(context.Background(), nil)
	if err != nil {
		return 4
	}
	if _, err := c.Listen("tick", func(Event) {}); err != nil {
		return 5
	}
	go c.Request(context.Background(), "never", nil)
	if _, err := c.Request(context.Background(), "echo", nil); err != nil {
		return 6
	}
	return 0
}

func TestAnIdlePoolDoesNotKeepTheProcessAlive(t *testing.T) {
	if output, code := startChild(t, "idle"); code != 0 {
		t.Errorf("code %d\n%s", code, output)
	}
}

// panicChild has a listener that panics.
func panicChild(path string) int {
	library, err := Open(path)
	if err != nil {
		return 3
	}
	pool, err := library.NewPool(PoolOptions{})
	if err != nil {
		return 4
	}
	c, err := pool.Create(context.Background(), nil)
	if err != nil {
		return 5
	}
	c.Listen("tick", func(Event) { panic("BOOM") })
	c.Request(context.Background(), "emit", []byte("1"))
	time.Sleep(10 * time.Second)
	return 0
}

func TestAPanicInAListenerEndsTheProgram(t *testing.T) {
	output, code := startChild(t, "panic")
	if code != 2 || !strings.Contains(output, "panic: BOOM") {
		t.Errorf("code %d\n%s", code, output)
	}
}

// A goroutine that ends without UnlockOSThread takes its thread with it.
func TestRequestsFromThreadsThatEnd(t *testing.T) {
	c := create(t, newPool(t, PoolOptions{}), "")
	parallel(64, func(int) {
		runtime.LockOSThread()
		request(t, c, "echo", "x")
	})
	request(t, c, "echo", "x")
}

// The profiler's signals hit every thread that runs, weir's included.
func TestRequestsUnderTheProfiler(t *testing.T) {
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Skip(err) // the tests themselves are being profiled
	}
	defer pprof.StopCPUProfile()
	c := create(t, newPool(t, PoolOptions{}), "")
	stop := time.Now().Add(300 * time.Millisecond)
	parallel(32, func(int) {
		for time.Now().Before(stop) {
			request(t, c, "echo", "x")
			runtime.GC()
		}
	})
}

// Churn with a garbage collector that never rests: 64 goroutines, each a tenant again and again.
func TestChurnLeavesNothingBehind(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	pool := newPool(t, PoolOptions{MaxSlots: 32, DrainTime: Off})
	if err := pool.Prewarm(32); err != nil {
		t.Fatal(err)
	}
	threads, descriptors := countEntries(t, "/proc/self/task"), countEntries(t, "/proc/self/fd")
	var events atomic.Int64
	parallel(64, func(worker int) {
		for i := 0; i < rounds; i++ {
			churn(t, pool, worker, i, &events)
		}
	})
	stats, err := pool.Stats()
	if err != nil {
		t.Fatal(err)
	}
	if n := uint64(64 * rounds); stats.ContextsCreated != n || stats.ContextsDestroyed != n {
		t.Errorf("stats: %+v", stats)
	}
	if stats.SlotsBuilt != 32 || stats.WakesRepeated != 0 || stats.SlotsUnclean != 0 {
		t.Errorf("stats: %+v", stats)
	}
	if events.Load() == 0 {
		t.Error("no event was heard")
	}
	if n := countEntries(t, "/proc/self/fd"); n != descriptors {
		t.Errorf("%d descriptors instead of %d", n, descriptors)
	}
	// Go itself may start threads, but not one for each request or context.
	if n := countEntries(t, "/proc/self/task"); n > threads+16 {
		t.Errorf("%d threads instead of %d", n, threads)
	}
}

func churn(t *testing.T, pool *Pool, worker, round int, events *atomic.Int64) {
	c, err := pool.Create(background(t), []byte{byte(worker), byte(round)})
	if err != nil {
		t.Error(err)
		return
	}
	c.Listen("tick", func(Event) { events.Add(1) })
	if config := request(t, c, "config", ""); config != string([]byte{byte(worker), byte(round)}) {
		t.Errorf("worker %d round %d has config %v", worker, round, []byte(config))
	}
	request(t, c, "emit", "3")
	go c.Request(context.Background(), "never", nil)
	if worker%2 == 0 {
		request(t, c, "echo", string(make([]byte, 20<<10)))
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	if round%16 == 0 {
		c.Request(ctx, "sleep_async", []byte("2"))
	}
	cancel()
	go c.Close()
	if _, err := c.Destroy(context.Background()); err != nil {
		t.Error(err)
	}
}

func countEntries(t *testing.T, dir string) int {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Skip(err)
	}
	return len(entries)
}
