package weir_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// [sample:go]
func Example() {
	library, err := weir.Open(os.Getenv("ECHO_LIBRARY")) // an absolute path
	if err != nil {
		log.Fatal(err)
	}
	defer library.Close()
	pool, err := library.NewPool(weir.PoolOptions{MaxSlots: 8})
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()

	// Each tenant has an instance of its own. When all slots are in use, Create waits in line.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	tenant, err := pool.Create(ctx, []byte("name=one"), weir.WithTag("tenant-1"))
	if err != nil {
		log.Fatal(err)
	}
	defer tenant.Close()

	ticks := make(chan string, 2)
	_, err = tenant.Listen("tick", func(e weir.Event) { ticks <- string(e.Payload) })
	if err != nil {
		log.Fatal(err)
	}
	answer, err := tenant.Request(ctx, "echo", []byte("hello"))
	fmt.Println(string(answer), err)
	answer, err = tenant.Request(ctx, "emit", []byte("2"))
	fmt.Println(string(answer), err, <-ticks, <-ticks)

	_, err = tenant.Request(ctx, "fail", []byte("no such bookmark"))
	fmt.Println(err, errors.Is(err, weir.ErrHandler))
	// Output:
	// hello <nil>
	// 2 <nil> 0 1
	// weir: request: HANDLER: no such bookmark true
}

// [/sample]

func ExampleContext_Events() {
	pool, tenant := open()
	defer pool.Close()
	events, _, err := tenant.Events("tick", 16)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := tenant.Request(context.Background(), "emit", []byte("3")); err != nil {
		log.Fatal(err)
	}
	for e := range events {
		fmt.Println(e.Name, string(e.Payload))
		if string(e.Payload) == "2" {
			tenant.Close() // closes the channel too
		}
	}
	// Output:
	// tick 0
	// tick 1
	// tick 2
}

func ExampleContext_Request_deadline() {
	pool, tenant := open()
	defer pool.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := tenant.Request(ctx, "never", nil)
	fmt.Println(errors.Is(err, weir.ErrTimedOut), errors.Is(err, context.DeadlineExceeded))
	// Output: true true
}

func ExampleNoWait() {
	pool, _ := open()
	defer pool.Close()
	_, err := pool.Create(context.Background(), nil, weir.NoWait())
	var full *weir.Error
	if errors.As(err, &full) && full.Code == weir.ErrPoolExhausted {
		fmt.Println(full.SlotsActive, "of", full.SlotsTotal, "slots are in use")
	}
	// Output: 1 of 1 slots are in use
}

func ExampleContext_Destroy() {
	pool, tenant := open()
	defer pool.Close()
	report, err := tenant.Destroy(context.Background())
	fmt.Println(report.Abandoned, err)
	_, err = tenant.Request(context.Background(), "echo", nil)
	fmt.Println(errors.Is(err, weir.ErrStaleHandle))
	// Output:
	// 0 <nil>
	// true
}

// open makes a pool of one slot with a context in it.
func open() (*weir.Pool, *weir.Context) {
	library, err := weir.Open(os.Getenv("ECHO_LIBRARY"))
	if err != nil {
		log.Fatal(err)
	}
	defer library.Close()
	pool, err := library.NewPool(weir.PoolOptions{MaxSlots: 1})
	if err != nil {
		log.Fatal(err)
	}
	tenant, err := pool.Create(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	return pool, tenant
}
