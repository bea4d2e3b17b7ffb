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

// echoPart compares, in turns, one context of the library with a sidecar over one socket. Both
// have as many goroutines, each of which has one request on its way.
func echoPart(t *task) error {
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
	side, err := startSidecar(t.script)
	if err != nil {
		return err
	}
	defer side.stop()
	subjects := []struct {
		name   string
		echoer echoer
		rates  []float64
	}{
		{name: "go/echo64", echoer: &weirEcho{tenant, "echo"}},
		{name: "go/echo64_later", echoer: &weirEcho{tenant, "echoLater"}},
		{name: "go/sidecar64", echoer: side},
	}
	for i := range subjects {
		if _, err := echoRate(subjects[i].echoer, warmUp); err != nil {
			return err
		}
	}
	for round := 0; round < rounds; round++ {
		for i := range subjects {
			rate, err := echoRate(subjects[i].echoer, roundTime)
			if err != nil {
				return fmt.Errorf("%s: %w", subjects[i].name, err)
			}
			subjects[i].rates = append(subjects[i].rates, rate)
		}
	}
	for _, subject := range subjects {
		if err := t.report(subject.name, median(subject.rates), nil); err != nil {
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
