// Command go-host runs many tenants over one library and checks every answer.
//
// Each goroutine is a tenant: it creates a context, works in it, and destroys it, again and again
// for some seconds. With the formatter, a library in TypeScript, it formats real source files and
// compares each result with prettier's own; with the native bookmarks library it imports its share
// of a real bookmark file and searches for what must be there. At the end the host prints a table,
// and ends with code 1 when something was not as it must be: results, threads, descriptors, live
// objects, or an error that nobody expected.
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
