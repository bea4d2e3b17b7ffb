package main

import (
	"context"
	"errors"

	weir "github.com/weir-ffi/weir-go"

	formatter "github.com/weir-ffi/weir/examples/go-host/formatterclient"
)

// open opens the library that the command line names. When it names none, that is the formatter,
// and the native library where there is no engine for the formatter.
func open(ctx context.Context, o options, p *progress) (*workload, *weir.Library, error) {
	if o.library == libraryNative {
		return openNative(o)
	}
	file, err := findFile("file", o.file, formatterFile)
	if err != nil {
		return nil, nil, err
	}
	library, err := formatter.Open(file)
	if err != nil {
		if o.library == "" && errors.Is(err, weir.ErrEngineMissing) {
			p.sayLine("The formatter, a library in TypeScript, cannot run here: %v", err)
			p.sayLine("So the tenants use the native library instead.")
			o.file, o.data = "", "" // they were meant for the formatter
			return openNative(o)
		}
		return nil, nil, err
	}
	work, err := formatterWork(ctx, o, file, p)
	if err != nil {
		library.Close()
		return nil, nil, err
	}
	return work, library, nil
}

func openNative(o options) (*workload, *weir.Library, error) {
	work, err := bookmarksWork(o)
	if err != nil {
		return nil, nil, err
	}
	library, err := weir.Open(work.file)
	return work, library, err
}
