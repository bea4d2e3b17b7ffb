package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// The numbers of bookmarks' methods and rows in its workload.
const (
	methodImport = iota
	methodCount
	methodSearch
)

const (
	rowsImported = iota
	rowsFound
)

// bookmarksWork is the native library: each tenant imports its share of a real bookmark file,
// counts, and searches for what must be there.
func bookmarksWork(o options) (*workload, error) {
	file, err := findFile("file", o.file, "build/release/lib/libbookmarks.so")
	if err != nil {
		return nil, err
	}
	data, err := findFile("data", o.data, "examples/bookmarks/data/bookmarks.html")
	if err != nil {
		return nil, err
	}
	entries, err := readBookmarks(data)
	if err != nil {
		return nil, err
	}
	w := &workload{
		name:       libraryNative,
		file:       file,
		describe:   number(int64(len(entries))) + " bookmarks",
		verdict:    "All rows were found",
		goroutines: orDefault(o.goroutines, 64),
		slots:      orDefault(o.slots, 32),
		warmUp:     time.Second,
		methods:    []string{"import", "count", "search"},
		rows:       []string{"rows imported", "rows found by searches"},
		complete:   func() bool { return true },
	}
	shares, err := makeShares(entries, w.goroutines)
	if err != nil {
		return nil, err
	}
	w.next = func(t *tenant) cycle {
		create := func(ctx context.Context, options ...weir.ContextOption) (*weir.Context, error) {
			return t.pool.Create(ctx, nil, options...)
		}
		return cycle{create, shares[t.index].use}
	}
	return w, nil
}

// use imports the share and looks whether all of it is there.
func (s *share) use(ctx context.Context, t *tenant, c *weir.Context) error {
	progress, _, err := c.Events("progress", 16)
	if err != nil {
		return err
	}
	var imported struct{ Imported, Skipped int }
	if err := t.requestJSON(ctx, c, methodImport, s.file, &imported); err != nil {
		return err
	}
	t.totals.rows[rowsImported].expected.Add(int64(s.rows))
	t.totals.rows[rowsImported].found.Add(int64(imported.Imported))
	if imported.Imported != s.rows || imported.Skipped != s.entries-s.rows {
		return fmt.Errorf("import: %+v of %d rows and %d doubles", imported, s.rows, s.entries-s.rows)
	}
	if err := s.awaitProgress(ctx, t, progress); err != nil {
		return err
	}
	var counted struct{ Count int }
	if err := t.requestJSON(ctx, c, methodCount, nil, &counted); err != nil {
		return err
	}
	if counted.Count != s.rows {
		return fmt.Errorf("count: %d of %d rows", counted.Count, s.rows)
	}
	for i := range s.searches {
		if err := s.searches[i].use(ctx, t, c); err != nil {
			return err
		}
	}
	return nil
}

// awaitProgress waits for the event that says that all is imported.
func (s *share) awaitProgress(ctx context.Context, t *tenant, events <-chan weir.Event) error {
	for {
		select {
		case e := <-events:
			var progress struct{ Done, Total int }
			if err := json.Unmarshal(e.Payload, &progress); err != nil {
				return fmt.Errorf("progress: %q: %w", e.Payload, err)
			}
			t.totals.progressEvents.Add(1)
			if progress.Done == progress.Total && progress.Total == s.entries {
				return nil
			}
		case <-ctx.Done():
			return fmt.Errorf("progress: the last event did not come: %w", ctx.Err())
		}
	}
}

func (s *search) use(ctx context.Context, t *tenant, c *weir.Context) error {
	var answer struct {
		Results []struct{ URL string }
	}
	if err := t.requestJSON(ctx, c, methodSearch, s.request, &answer); err != nil {
		return err
	}
	t.totals.rows[rowsFound].expected.Add(int64(s.rows))
	rows := 0
	for _, result := range answer.Results {
		if s.urls[result.URL] {
			rows++
		}
	}
	t.totals.rows[rowsFound].found.Add(int64(rows))
	if rows != s.rows || len(answer.Results) != s.rows {
		return fmt.Errorf("search for %q: %d rows, %d of them the right ones, of %d", s.word,
			len(answer.Results), rows, s.rows)
	}
	return nil
}

func (t *tenant) requestJSON(
	ctx context.Context, c *weir.Context, method int, payload []byte, answer any,
) error {
	name := t.work.methods[method]
	var text []byte
	err := t.measure(method, func() (err error) {
		text, err = c.Request(ctx, name, payload)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s: the answer is no JSON: %w", name, err)
	}
	return nil
}
