// Package weir uses libraries through pooled contexts.
//
// A Library is code written once, in C, C++ or TypeScript, and packed as a weir library. A Pool
// leases Contexts of it: each has its own instance of the library, on a thread of its own that the
// pool keeps and reuses, so that creating one costs microseconds. Requests go to a Context and
// events come from it.
//
//	library, err := weir.Open("/opt/app/libbookmarks.so")
//	pool, err := library.NewPool(weir.PoolOptions{MaxSlots: 8})
//	tenant, err := pool.Create(ctx, config)
//	answer, err := tenant.Request(ctx, "search", query)
//	err = tenant.Close()
//
// # Goroutines and threads
//
// Every function and method may be called from any goroutine, also from listeners. None blocks a
// thread while it waits, except Open while the system's loader runs, Prewarm while threads are
// started, and Pool.Close.
//
// # Ends of waits
//
// Each function that waits takes a context.Context and says in its comment what happens when that
// ends first. The error then satisfies errors.Is for context.Canceled or context.DeadlineExceeded,
// and for ErrCanceled or ErrTimedOut.
//
// # Panics
//
// A panic in a listener or in PoolOptions.OnNotice ends the program, as it does in any goroutine.
//
// # Building
//
// The package needs cgo, weir's headers and libweir:
//
//	CGO_CFLAGS=-I<prefix>/include CGO_LDFLAGS="-L<prefix>/lib -Wl,-rpath,<prefix>/lib" go build
package weir
