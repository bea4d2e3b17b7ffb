// Command shelfhost uses a generated client in a module of its own: it opens a library, adds two
// titles to a shelf with room for one, and says what came of it. A library that does not fit the
// client is refused; the exit code is 3 then.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	weir "github.com/weir-ffi/weir-go"

	"example.test/shelfhost/shelf"
)

func main() {
	library, err := shelf.Open(os.Args[1])
	if errors.Is(err, weir.ErrContractMismatch) {
		fmt.Println(err)
		fmt.Println("create:", errors.Is(createAnyway(), weir.ErrContractMismatch))
		os.Exit(3)
	}
	if err == nil {
		err = use(library)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// createAnyway uses a library that was not opened by the client.
func createAnyway() error {
	library, err := weir.Open(os.Args[1])
	if err != nil {
		return err
	}
	defer library.Close()
	pool, err := library.NewPool(weir.PoolOptions{MaxSlots: 1})
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = shelf.Create(context.Background(), pool, shelf.Config{})
	return err
}

func use(library *weir.Library) error {
	defer library.Close()
	pool, err := library.NewPool(weir.PoolOptions{MaxSlots: 1})
	if err != nil {
		return err
	}
	defer pool.Close()
	ctx, room := context.Background(), uint32(1)
	client, err := shelf.Create(ctx, pool, shelf.Config{Room: &room})
	if err != nil {
		return err
	}
	events, stop, err := client.AddedEvents(4)
	if err != nil {
		return err
	}
	heard := make(chan string, 1)
	if _, err := client.OnAdded(func(e shelf.Added) { heard <- e.Title }); err != nil {
		return err
	}
	added, err := client.Add(ctx, shelf.AddInput{Title: "Emma"})
	if err != nil {
		return err
	}
	fmt.Println("added", added.Count, (<-events).Title, <-heard)
	stop()
	_, open := <-events
	fmt.Println("open", open)
	_, err = client.Add(ctx, shelf.AddInput{Title: "Persuasion"})
	var full *shelf.FullError
	fmt.Println("full", errors.As(err, &full) && full.Details.Room == 1)
	return client.Close()
}
