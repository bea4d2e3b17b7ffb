// Command go-host runs many tenants over the bookmarks library and checks every answer.
//
// Each goroutine is a tenant: it creates a context, imports its share of a real bookmark file,
// searches for what must be there, and destroys the context, again and again for some seconds. At
// the end the host prints a table, and ends with code 1 when something was not as it must be: rows,
// threads, descriptors, live objects, or an error that nobody expected.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const (
	exitBroken = 1 // an invariant does not hold, or the host could not run
	exitUsage  = 2 // a flag that cannot be
)

func main() {
	options, err := parseOptions(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "go-host: %v\nTry -help.\n", err)
		os.Exit(exitUsage)
	}
	// The first Ctrl-C ends the run after the cycles that are under way, the second ends the program.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	report, err := run(ctx, options, newProgress(options))
	if err != nil {
		fmt.Fprintf(os.Stderr, "go-host: %v\n", err)
		os.Exit(exitBroken)
	}
	if options.json {
		err = report.writeJSON(os.Stdout)
	} else {
		err = report.writeTable(os.Stdout)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "go-host: %v\n", err)
		os.Exit(exitBroken)
	}
	if len(report.Broken) > 0 {
		os.Exit(exitBroken)
	}
}
