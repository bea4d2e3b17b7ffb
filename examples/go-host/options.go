package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The libraries that the host knows.
const (
	libraryFormatter = "formatter"
	libraryNative    = "native"
)

// options are what the command line says, checked.
type options struct {
	library    string // "" = the formatter, or the native one where the formatter cannot run
	file       string // "" = the built library
	data       string // "" = what the library's tenants work on in a checkout
	duration   time.Duration
	goroutines int // 0 = by library, as all that follow
	slots      int
	isolation  string
	corpus     corpusLimits
	batch      int // files of one tenant
	json       bool
}

const (
	goroutinesMax = 10_000 // of the native library each has a share: there must be entries for it
	slotsMax      = 1024   // of a process, which is weir's limit
	filesMax      = 100_000
)

func parseOptions(arguments []string, output io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("go-host", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main says what is wrong, once
	flags.StringVar(&o.library, "library", "",
		"formatter (TypeScript) or native (default: formatter, or native where there is no engine)")
	flags.StringVar(&o.file, "file", "", "the library's file (default: the built one)")
	flags.StringVar(&o.data, "data", "",
		"the folder of files to format, or the bookmark file (default: node_modules, bookmarks.html)")
	flags.DurationVar(&o.duration, "duration", 10*time.Second,
		"how long the tenants go on; each file is formatted once however long that takes")
	flags.IntVar(&o.goroutines, "goroutines", 0, "tenants at the same time (default: 8, native 64)")
	flags.IntVar(&o.slots, "slots", 0,
		"slots of the pool; tenants wait in line for one (default: 4, native 32)")
	flags.StringVar(&o.isolation, "isolation", "instance",
		"formatter: what tenants of one slot share: instance or environment")
	flags.IntVar(&o.corpus.files, "files", 600, "formatter: how many files of the folder")
	flags.Int64Var(&o.corpus.bytes, "bytes", 8<<20, "formatter: how many bytes of all files")
	flags.Int64Var(&o.corpus.fileBytes, "file-bytes", 64<<10, "formatter: how many bytes of one file")
	flags.IntVar(&o.batch, "batch", 8, "formatter: files of one tenant")
	flags.BoolVar(&o.json, "json", false, "print the table as JSON, and progress as plain lines")
	if err := flags.Parse(arguments); err != nil {
		if err == flag.ErrHelp {
			fmt.Fprintln(output, "Usage: go-host [flags]")
			flags.SetOutput(output)
			flags.PrintDefaults()
		}
		return o, err
	}
	return o, o.check(flags.Args())
}

func (o *options) check(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q", rest[0])
	}
	if o.duration <= 0 {
		return fmt.Errorf("-duration %v: must be more than 0", o.duration)
	}
	for _, one := range []struct {
		name      string
		value     int64
		least, at int64
	}{
		{"goroutines", int64(o.goroutines), 0, goroutinesMax},
		{"slots", int64(o.slots), 0, slotsMax},
		{"files", int64(o.corpus.files), 1, filesMax},
		{"bytes", o.corpus.bytes, 1, 1 << 40},
		{"file-bytes", o.corpus.fileBytes, 1, 4 << 20}, // a payload is at most 16 MiB
		{"batch", int64(o.batch), 1, 1000},
	} {
		if one.value < one.least || one.value > one.at {
			return fmt.Errorf("-%s %d: must be from %d to %d", one.name, one.value, one.least, one.at)
		}
	}
	for name, chosen := range map[string]struct {
		value string
		of    []string
	}{
		"library":   {o.library, []string{"", libraryFormatter, libraryNative}},
		"isolation": {o.isolation, []string{"instance", "environment"}},
	} {
		if !contains(chosen.of, chosen.value) {
			return fmt.Errorf("-%s %q: must be one of %q", name, chosen.value, chosen.of)
		}
	}
	return nil
}

func contains(all []string, one string) bool {
	for _, known := range all {
		if known == one {
			return true
		}
	}
	return false
}

// orDefault is what the command line says, or what fits the library.
func orDefault(given, otherwise int) int {
	if given == 0 {
		return otherwise
	}
	return given
}

// findFile is the file or folder that a flag names, or the one of the checkout in which the
// program, or the working directory, lies.
func findFile(name, given, inCheckout string) (string, error) {
	if given != "" {
		path, err := filepath.Abs(given)
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(path); err != nil {
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
