package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// options are what the command line says, checked.
type options struct {
	duration   time.Duration
	goroutines int
	slots      int
	library    string // absolute
	data       string
	json       bool
}

const (
	goroutinesMax = 10_000 // each has a share of the file: there must be entries for it
	slotsMax      = 1024   // of a process, which is weir's limit
)

func parseOptions(arguments []string, output io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("go-host", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main says what is wrong, once
	flags.DurationVar(&o.duration, "duration", 10*time.Second, "how long the tenants go on")
	flags.IntVar(&o.goroutines, "goroutines", 64, "tenants at the same time")
	flags.IntVar(&o.slots, "slots", 32, "slots of the pool; tenants wait in line for one")
	flags.StringVar(&o.library, "library", "", "the bookmarks library (default: the built one)")
	flags.StringVar(&o.data, "data", "", "the bookmark file (default: examples/bookmarks/data)")
	flags.BoolVar(&o.json, "json", false, "print the table as JSON, and progress as plain lines")
	if err := flags.Parse(arguments); err != nil {
		if err == flag.ErrHelp {
			fmt.Fprintln(output, "Usage: go-host [flags]")
			flags.SetOutput(output)
			flags.PrintDefaults()
		}
		return o, err
	}
	if err := o.check(flags.Args()); err != nil {
		return o, err
	}
	return o, o.findFiles()
}

func (o *options) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case o.duration <= 0:
		return fmt.Errorf("-duration %v: must be more than 0", o.duration)
	case o.goroutines < 1 || o.goroutines > goroutinesMax:
		return fmt.Errorf("-goroutines %d: must be from 1 to %d", o.goroutines, goroutinesMax)
	case o.slots < 1 || o.slots > slotsMax:
		return fmt.Errorf("-slots %d: must be from 1 to %d", o.slots, slotsMax)
	}
	return nil
}

// findFiles completes the paths: the defaults are those of a checkout in which the program, or the
// working directory, lies.
func (o *options) findFiles() (err error) {
	const library, data = "build/release/lib/libbookmarks.so", "examples/bookmarks/data/bookmarks.html"
	if o.library, err = findFile("library", o.library, library); err != nil {
		return err
	}
	o.data, err = findFile("data", o.data, data)
	return err
}

func findFile(name, given, inCheckout string) (string, error) {
	if given != "" {
		path, err := filepath.Abs(given)
		if err != nil {
			return "", err
		}
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			return "", fmt.Errorf("-%s %s: no such file", name, given)
		}
		return path, nil
	}
	var starts []string
	if program, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(program))
	}
	if directory, err := os.Getwd(); err == nil {
		starts = append(starts, directory)
	}
	for _, directory := range starts {
		for ; ; directory = filepath.Dir(directory) {
			path := filepath.Join(directory, inCheckout)
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
			if directory == filepath.Dir(directory) {
				break
			}
		}
	}
	return "", fmt.Errorf("-%s: %s was not found; build it or name another", name, inCheckout)
}
