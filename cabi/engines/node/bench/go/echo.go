package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

const (
	echoBytes   = 64
	outstanding = 64
	rounds      = 7
	warmUp      = 500 * time.Millisecond
	roundTime   = 400 * time.Millisecond
)

type echoer interface {
	// echo sends a payload and gives the answer.
	echo(ctx context.Context, payload []byte) ([]byte, error)
}

// weirEcho is one context of the library.
type weirEcho struct {
	context *weir.Context
	method  string
}

func (w *weirEcho) echo(ctx context.Context, payload []byte) ([]byte, error) {
	return w.context.Request(ctx, w.method, payload)
}

// subject is something that echoes, and what was measured of it.
type subject struct {
	name   string
	echoer echoer
	rates  []float64
}

// withTenant runs with one context of the library.
func withTenant(t *task, run func(*weirEcho) error) error {
	opened, err := weir.Open(t.library)
	if err != nil {
		return err
	}
	defer opened.Close()
	pool, err := opened.NewPool(weir.PoolOptions{MaxSlots: 2})
	if err != nil {
		return err
	}
	defer pool.Close()
	tenant, err := pool.Create(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tenant.Close()
	return run(&weirEcho{tenant, "echo"})
}

// echoPart compares, in turns, one context of the library with a sidecar over one socket. Both
// have as many goroutines, each of which has one request on its way.
func echoPart(t *task) error {
	side, err := startSidecar(t.script)
	if err != nil {
		return err
	}
	defer side.stop()
	return withTenant(t, func(own *weirEcho) error {
		return compareRates(t, []*subject{
			{name: "go/echo64", echoer: own},
			{name: "go/echo64_later", echoer: &weirEcho{own.context, "echoLater"}},
			{name: "go/sidecar64", echoer: side},
		})
	})
}

// compareRates measures each subject a few times, one after the other, and reports the medians.
func compareRates(t *task, subjects []*subject) error {
	for _, s := range subjects {
		if _, err := echoRate(s.echoer, warmUp); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for round := 0; round < rounds; round++ {
		for _, s := range subjects {
			rate, err := echoRate(s.echoer, roundTime)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			s.rates = append(s.rates, rate)
		}
	}
	for _, s := range subjects {
		if err := t.report(s.name, median(s.rates), nil); err != nil {
			return err
		}
	}
	return nil
}

// echoRate gives the answers a second that all goroutines together had, each of them compared.
func echoRate(e echoer, duration time.Duration) (float64, error) {
	var (
		group    sync.WaitGroup
		answered atomic.Int64
		failed   atomic.Value
		over     atomic.Bool
	)
	began := time.Now()
	for worker := 0; worker < outstanding; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			payload := bytes.Repeat([]byte{byte(worker)}, echoBytes)
			count := int64(0)
			for ; !over.Load(); count++ {
				answer, err := e.echo(context.Background(), payload)
				if err == nil && !bytes.Equal(answer, payload) {
					err = fmt.Errorf("the answer of %d bytes is not the payload", len(answer))
				}
				if err != nil {
					failed.Store(err)
					break
				}
			}
			answered.Add(count)
		}(worker)
	}
	time.Sleep(duration)
	over.Store(true)
	group.Wait()
	if err, ok := failed.Load().(error); ok {
		return 0, err
	}
	return float64(answered.Load()) / time.Since(began).Seconds(), nil
}
