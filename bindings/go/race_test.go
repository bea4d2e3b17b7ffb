package weir

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// isOneOf reports whether err is nil or one of the codes.
func isOneOf(err error, codes ...Code) bool {
	for _, code := range codes {
		if errors.Is(err, code) {
			return true
		}
	}
	return err == nil
}

func TestRequestsRacingWithDestroyAreAllAnswered(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 2})
	for round := 0; round < 300; round++ {
		c := create(t, pool, "")
		var answered atomic.Int32
		go func() {
			for answered.Load() < int32(round%16) {
				time.Sleep(time.Microsecond)
			}
			c.Close()
		}()
		parallel(8, func(int) {
			for {
				_, err := c.Request(context.Background(), "echo", []byte("x"))
				if !isOneOf(err, ErrStaleHandle, ErrClosed, ErrCanceled) {
					t.Errorf("got %v", err)
				}
				if err != nil {
					return
				}
				answered.Add(1)
			}
		})
	}
}

func TestListenersRacingWithDestroyAreAllClosed(t *testing.T) {
	pool := newPool(t, PoolOptions{MaxSlots: 2, MaxEvents: 16})
	for round := 0; round < 300; round++ {
		c := create(t, pool, "")
		go c.Request(context.Background(), "emit", []byte("50"))
		parallel(6, func(worker int) {
			if worker == 0 {
				time.Sleep(time.Duration(round%32) * 10 * time.Microsecond)
				c.Close()
				return
			}
			for {
				events, l, err := c.Events("tick", worker%3)
				if !isOneOf(err, ErrStaleHandle) {
					t.Errorf("got %v", err)
				}
				if err != nil {
					return
				}
				if worker%2 == 0 {
					l.Close()
				}
				for range events { // ends when the listener or the context is closed
				}
			}
		})
	}
}

func TestCreatesRacingWithTheCloseOfTheirPoolEnd(t *testing.T) {
	for round := 0; round < 50; round++ {
		pool := newPool(t, PoolOptions{MaxSlots: 2})
		parallel(9, func(worker int) {
			if worker == 0 {
				time.Sleep(time.Duration(round) * 20 * time.Microsecond)
				if err := pool.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if worker%4 == 0 {
				time.AfterFunc(time.Duration(worker*round)*5*time.Microsecond, cancel)
			}
			for {
				c, err := pool.Create(ctx, nil)
				if !isOneOf(err, ErrStaleHandle, ErrClosed, ErrCanceled) {
					t.Errorf("got %v", err)
				}
				if err != nil {
					return
				}
				if err := c.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			}
		})
	}
}
