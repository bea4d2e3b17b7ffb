package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

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

func requireContract(w *world, step *fields) error {
	text, err := os.ReadFile(step.text("path"))
	if err != nil {
		return err
	}
	var client struct {
		Name, Version, Hash string
		Document            json.RawMessage
	}
	if err := json.Unmarshal(text, &client); err != nil {
		return err
	}
	places, _ := step.maybe("differences").([]any)
	err = w.library.RequireContract(weir.Contract{
		Name: client.Name, Version: client.Version, Hash: client.Hash, Document: string(client.Document),
	})
	if differed := compareFailure(step, err); differed != nil {
		return differed
	}
	return compareDifferences(step.what, places, err)
}

// compareDifferences compares where each is, and that the message has a line for it.
func compareDifferences(what string, places []any, err error) error {
	var failure *weir.Error
	if len(places) == 0 || !errors.As(err, &failure) {
		return nil
	}
	var found []any
	for _, difference := range failure.Differences {
		found = append(found, difference.Path)
		if !strings.Contains(failure.Message, "\n  "+difference.String()) {
			return fmt.Errorf("%s: the message has no line for %s", what, difference)
		}
	}
	if !reflect.DeepEqual(places, found) {
		return fmt.Errorf("%s: differences: expected %s, got %s", what, dump(places), dump(found))
	}
	return nil
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
