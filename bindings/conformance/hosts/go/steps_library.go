package main

import (
	"context"
	"fmt"

	weir "github.com/weir-ffi/weir-go"
)

func stats(w *world, step *fields) error {
	expected := step.maybe("stats")
	var differed error
	eventually(func() bool {
		counts, err := w.pool.Stats()
		if differed = err; err == nil {
			differed = compareCounts(step.what, expected, counts)
		}
		return differed == nil
	})
	return differed
}

func describe(w *world, step *fields) error {
	info, err := w.library.Info()
	if err != nil {
		return err
	}
	if name := step.text("name"); info.Name != name {
		return fmt.Errorf("%s: name: expected %s, got %s", step.what, name, info.Name)
	}
	if engine := step.text("engine"); info.Engine != engine {
		return fmt.Errorf("%s: engine: expected %s, got %s", step.what, engine, info.Engine)
	}
	if methods := step.number("methods"); info.Methods != methods {
		return fmt.Errorf("%s: methods: expected %d, got %d", step.what, methods, info.Methods)
	}
	if has := len(info.ContractHash) == 64; has != step.truth("contract") {
		return fmt.Errorf("%s: contract: the hash is %q", step.what, info.ContractHash)
	}
	return nil
}

func openLibrary(_ *world, step *fields) error {
	library, err := weir.Open(step.text("path"))
	if err == nil {
		library.Close()
	}
	return compareFailure(step, err)
}

func closeLibrary(w *world, _ *fields) error { return w.library.Close() }

func openPool(w *world, step *fields) error {
	given, _ := step.maybe("options").(map[string]any)
	options, err := poolOptionsOf(given)
	if err != nil {
		return err
	}
	pool, err := w.library.NewPool(options)
	if err == nil {
		pool.Close()
	}
	return compareFailure(step, err)
}

func prewarm(w *world, step *fields) error {
	return compareFailure(step, w.pool.Prewarm(step.number("count")))
}

func closePool(w *world, step *fields) error {
	report, err := w.pool.Shutdown(context.Background())
	if differed := compareStatus(step.what, step.text("expect"), err); differed != nil {
		return differed
	}
	return compareCounts(step.what, step.maybe("report"), report)
}
