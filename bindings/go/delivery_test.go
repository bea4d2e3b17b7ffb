package weir

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/weir-ffi/weir-go/internal/bare"
)

// deliveries are the candidates for newDelivery.
var deliveries = []struct {
	name string
	make func() delivery
}{
	{"wait", newWaitDelivery},
	{"poll", newPollDelivery},
	{"notify", newNotifyDelivery},
	{"direct", newDirectDelivery},
	{"callback", newCallbackDelivery},
}

func deliverBy(t testing.TB, make func() delivery) {
	before := newDelivery
	newDelivery = make
	t.Cleanup(func() { newDelivery = before })
}

func TestEveryDeliveryDeliversEverything(t *testing.T) {
	for _, candidate := range deliveries {
		t.Run(candidate.name, func(t *testing.T) {
			deliverBy(t, candidate.make)
			pool := newPool(t, PoolOptions{MaxSlots: 1, DrainTime: Off})
			c := create(t, pool, "")
			var heard atomic.Int32
			if _, err := c.Listen("tick", func(Event) { heard.Add(1) }); err != nil {
				t.Fatal(err)
			}
			parallel(16, func(int) {
				for i := 0; i < 200; i++ {
					request(t, c, "echo", string(make([]byte, i*200)))
				}
			})
			request(t, c, "emit", "500")
			eventually(t, "500 events", func() bool { return heard.Load() == 500 })
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
			defer cancel()
			if _, err := c.Request(ctx, "never", nil); !errors.Is(err, ErrTimedOut) {
				t.Errorf("never: %v", err)
			}
			go c.Request(context.Background(), "never", nil)
			time.AfterFunc(10*time.Millisecond, func() { c.Close() })
			next := create(t, pool, "") // waits in line
			request(t, next, "echo", "x")
			if err := next.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

type echoFunc func(payload []byte) ([]byte, error)

// smallPayload is the bytes of most benchmarks' payloads.
const smallPayload = 64

// echos sends b.N echos of `size` bytes from that many goroutines.
func echos(b *testing.B, goroutines, size int, newEcho func() echoFunc) {
	b.ReportAllocs()
	b.SetBytes(int64(size))
	var left atomic.Int64
	left.Store(int64(b.N))
	var group sync.WaitGroup
	before := processorTime(b)
	b.ResetTimer()
	for i := 0; i < goroutines; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			echo, payload := newEcho(), make([]byte, size)
			for left.Add(-1) >= 0 {
				if answer, err := echo(payload); err != nil || len(answer) != size {
					b.Error(len(answer), err)
					return
				}
			}
		}()
	}
	group.Wait()
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "M/s")
}

// processorTime is that of all threads: other programs on the machine do not change it much.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func echoBenchmark(b *testing.B, goroutines, size int, newContext func() context.Context) {
	pool := newPool(b, PoolOptions{})
	c := create(b, pool, "")
	echos(b, goroutines, size, func() echoFunc {
		ctx := newContext()
		return func(payload []byte) ([]byte, error) { return c.Request(ctx, "echo", payload) }
	})
	b.StopTimer()
	c.Close()
}

func smallEchos(b *testing.B, goroutines int) {
	echoBenchmark(b, goroutines, smallPayload, context.Background)
}

func bareBenchmark(b *testing.B, goroutines int) {
	bridge := bare.Start()
	defer bridge.Stop()
	echos(b, goroutines, smallPayload, func() echoFunc {
		return func(payload []byte) ([]byte, error) { return bridge.Echo(payload), nil }
	})
}

func BenchmarkEcho1(b *testing.B)    { smallEchos(b, 1) }
func BenchmarkEcho64(b *testing.B)   { smallEchos(b, 64) }
func BenchmarkEcho1000(b *testing.B) { smallEchos(b, 1000) }

func BenchmarkEcho4KiB64(b *testing.B) { echoBenchmark(b, 64, 4<<10, context.Background) }
func BenchmarkEcho1MiB1(b *testing.B)  { echoBenchmark(b, 1, 1<<20, context.Background) }

// BenchmarkEchoDeadline1000 has a context.Context that can end, as most have.
func BenchmarkEchoDeadline1000(b *testing.B) {
	echoBenchmark(b, 1000, smallPayload, func() context.Context {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		b.Cleanup(cancel)
		return ctx
	})
}

func BenchmarkBare1(b *testing.B)    { bareBenchmark(b, 1) }
func BenchmarkBare64(b *testing.B)   { bareBenchmark(b, 64) }
func BenchmarkBare1000(b *testing.B) { bareBenchmark(b, 1000) }

// BenchmarkDelivery compares the candidates with one another and with the bare bridge.
func BenchmarkDelivery(b *testing.B) {
	for _, goroutines := range []int{1, 64, 1000} {
		for _, candidate := range deliveries {
			b.Run(fmt.Sprintf("%s/%d", candidate.name, goroutines), func(b *testing.B) {
				deliverBy(b, candidate.make)
				smallEchos(b, goroutines)
			})
		}
		b.Run(fmt.Sprintf("bare/%d", goroutines), func(b *testing.B) {
			bareBenchmark(b, goroutines)
		})
	}
}

// BenchmarkCreateDestroy is one tenant after the other, each waited for.
func BenchmarkCreateDestroy(b *testing.B) {
	b.ReportAllocs()
	pool := newPool(b, PoolOptions{})
	for i := 0; i < b.N; i++ {
		c, err := pool.Create(context.Background(), nil)
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}

// BenchmarkEvents is one emitter and one listener; an operation is an event.
func BenchmarkEvents(b *testing.B) {
	c := create(b, newPool(b, PoolOptions{}), "")
	done, n := make(chan struct{}), 0
	c.Listen("tick", func(Event) {
		if n++; n == b.N {
			close(done)
		}
	})
	b.ResetTimer()
	if _, err := c.Request(context.Background(), "emit", []byte(fmt.Sprint(b.N))); err != nil {
		b.Fatal(err)
	}
	<-done
	b.StopTimer()
	c.Close()
}
