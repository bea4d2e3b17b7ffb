package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	weir "github.com/weir-ffi/weir-go"

	formatter "github.com/weir-ffi/weir/examples/go-host/formatterclient"
)

// Where a checkout has what the formatter's tenants need.
const (
	formatterFile   = "examples/formatter/dist/formatter.weir"
	formatterScript = "examples/formatter/scripts/expected.mjs"
	formatterData   = "node_modules"
	formatterCache  = ".cache/prettier" // below the folder of the data, next to node_modules
)

// The numbers of the formatter's methods, rows and amounts in its workload.
const (
	methodFormat = iota
	methodCheck
	methodFormatMany
)

const (
	rowsFormatted = iota
	rowsChecked
)

const (
	amountFiles = iota
	amountBytes
)

// tenantOptions are prettier's options for one tenant after the other, so that the next owner of a
// slot would show what it had left of the last.
var tenantOptions = []formatter.FormatOptions{
	{},
	{Semi: formatter.Ptr(false), SingleQuote: formatter.Ptr(true)},
	{
		PrintWidth:    formatter.Ptr(uint16(100)),
		TabWidth:      formatter.Ptr(uint8(4)),
		TrailingComma: formatter.Ptr(formatter.TrailingCommaNone),
	},
}

// formatterRun is the state of all tenants of the formatter: which files are next.
type formatterRun struct {
	files []sourceFile
	batch int
	maps  []map[string]any // tenantOptions
	next  atomic.Int64     // batches that were given out
}

func (f *formatterRun) batches() int { return (len(f.files) + f.batch - 1) / f.batch }

// optionsOf are those of the tenant that gets file i.
func (f *formatterRun) optionsOf(i int) map[string]any {
	return f.maps[i/f.batch%len(f.maps)]
}

// formatterWork is the TypeScript library: each tenant formats some real files, and compares each
// result with that of prettier in plain Node, which makes them here if they are not in the cache.
func formatterWork(ctx context.Context, o options, file string, p *progress) (*workload, error) {
	data, err := findFile("data", o.data, formatterData)
	if err != nil {
		return nil, err
	}
	script, err := findExpectationScript(filepath.Dir(data))
	if err != nil {
		return nil, err
	}
	f := &formatterRun{batch: o.batch, maps: make([]map[string]any, len(tenantOptions))}
	for i := range tenantOptions {
		if f.maps[i], err = asMap(tenantOptions[i]); err != nil {
			return nil, err
		}
	}
	if f.files, err = readCorpus(data, o.corpus); err != nil {
		return nil, err
	}
	if err := script.run(ctx, data, f.files, f.optionsOf, func(done int) {
		if done%50 == 0 {
			p.say("expected results, by prettier in plain Node: %d of %d", done, len(f.files))
		}
	}); err != nil {
		return nil, err
	}
	p.clear()
	return f.workload(o, file), nil
}

func findExpectationScript(project string) (*expectationScript, error) {
	script := &expectationScript{cache: filepath.Join(project, formatterCache)}
	var err error
	if script.node, err = exec.LookPath("node"); err != nil {
		return nil, fmt.Errorf("prettier in plain Node: %w", err)
	}
	script.path, err = findFile("library", "", formatterScript)
	return script, err
}

func (f *formatterRun) workload(o options, file string) *workload {
	bytes := int64(0)
	for i := range f.files {
		bytes += int64(len(f.files[i].source))
	}
	slots := orDefault(o.slots, 4)
	w := &workload{
		name:       libraryFormatter,
		file:       file,
		describe:   fmt.Sprintf("%s files, %s bytes", number(int64(len(f.files))), number(bytes)),
		verdict:    "Every result is that of prettier itself",
		goroutines: orDefault(o.goroutines, 8),
		slots:      slots,
		warmUp:     3 * time.Second,
		pool:       weir.PoolOptions{MinClean: slots, Isolation: weir.IsolationInstance},
		methods:    []string{"format", "check", "formatMany"},
		rows:       []string{"results equal to prettier's", "checks equal to prettier's"},
		amounts:    []string{"files formatted", "bytes formatted"},
		complete:   func() bool { return f.next.Load() >= int64(f.batches()) },
	}
	if o.isolation == "environment" {
		w.pool.Isolation = weir.IsolationEnvironment
	}
	w.next = f.cycle
	w.begin = func() { f.next.Store(0) }
	return w
}

// cycle gives the next files to a tenant.
func (f *formatterRun) cycle(t *tenant) cycle {
	number := int(f.next.Add(1)-1) % f.batches()
	files := f.files[number*f.batch : min((number+1)*f.batch, len(f.files))]
	config := formatter.Config{Options: &tenantOptions[number%len(tenantOptions)]}
	return cycle{
		create: func(ctx context.Context, options ...weir.ContextOption) (*weir.Context, error) {
			client, err := formatter.Create(ctx, t.pool, config, options...)
			if err != nil {
				return nil, err
			}
			return client.Context(), nil
		},
		use: func(ctx context.Context, t *tenant, c *weir.Context) error {
			return formatFiles(ctx, t, newFormatterTenant(c), files)
		},
	}
}

// formatFiles formats the first half file by file and the second half in one request, and checks
// the first file too. All results are compared; the error is the first difference.
func formatFiles(ctx context.Context, t *tenant, f *formatterTenant, files []sourceFile) error {
	half := (len(files) + 1) / 2
	var failed error
	note := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	for i := range files[:half] {
		var result fileResult
		err := t.measure(methodFormat, func() (err error) {
			result, err = f.format(ctx, &files[i])
			return err
		})
		if err != nil {
			return fmt.Errorf("format: %s: %w", files[i].path, err)
		}
		note(compare(t, &files[i], result))
	}
	note(checkFile(ctx, t, f, &files[0]))
	if half < len(files) {
		note(formatTogether(ctx, t, f, files[half:]))
	}
	return failed
}

func checkFile(ctx context.Context, t *tenant, f *formatterTenant, file *sourceFile) error {
	var result checkResult
	err := t.measure(methodCheck, func() (err error) {
		result, err = f.check(ctx, file)
		return err
	})
	if err != nil {
		return fmt.Errorf("check: %s: %w", file.path, err)
	}
	t.totals.rows[rowsChecked].expected.Add(1)
	expected := file.expected
	right := result.problem == nil && expected.Error == nil &&
		result.ok == (expected.Formatted == file.source)
	if expected.Error != nil {
		right = result.problem != nil && *result.problem == *expected.Error
	}
	if !right {
		return fmt.Errorf("check: %s: %+v is not what prettier says", file.path, result)
	}
	t.totals.rows[rowsChecked].found.Add(1)
	return nil
}

// formatTogether formats files in one request and waits for the progress event of the last one.
func formatTogether(
	ctx context.Context, t *tenant, f *formatterTenant, files []sourceFile,
) error {
	progress, err := f.progress(len(files))
	if err != nil {
		return err
	}
	var results []fileResult
	err = t.measure(methodFormatMany, func() (err error) {
		results, err = f.formatMany(ctx, files)
		return err
	})
	if err != nil {
		return fmt.Errorf("formatMany: %w", err)
	}
	if len(results) != len(files) {
		return fmt.Errorf("formatMany: %d results of %d", len(results), len(files))
	}
	var failed error
	for i := range files {
		if err := compare(t, &files[i], results[i]); failed == nil {
			failed = err
		}
	}
	for i := range files {
		select {
		case event := <-progress:
			t.totals.progressEvents.Add(1)
			want := formatter.Progress{Done: uint32(i + 1), Total: uint32(len(files)), Path: files[i].path}
			if event != want && failed == nil {
				failed = fmt.Errorf("progress: %+v instead of %+v", event, want)
			}
		case <-ctx.Done():
			return fmt.Errorf("progress: event %d did not come: %w", i+1, ctx.Err())
		}
	}
	return failed
}

// compare counts a result, and says where it differs from prettier's.
func compare(t *tenant, file *sourceFile, result fileResult) error {
	t.totals.rows[rowsFormatted].expected.Add(1)
	t.totals.amounts[amountFiles].Add(1)
	t.totals.amounts[amountBytes].Add(int64(len(file.source)))
	if err := file.expected.difference(file, result); err != nil {
		return err
	}
	t.totals.rows[rowsFormatted].found.Add(1)
	return nil
}

func (e *expectation) difference(file *sourceFile, result fileResult) error {
	switch {
	case e.Error != nil && result.problem == nil:
		return fmt.Errorf("%s: formatted, though prettier says: %s", file.path, e.Error.Message)
	case e.Error != nil && *e.Error != *result.problem:
		return fmt.Errorf("%s: %+v, though prettier says: %+v", file.path, *result.problem, *e.Error)
	case e.Error != nil:
		return nil
	case result.problem != nil:
		return fmt.Errorf("%s: %+v, though prettier formats it", file.path, *result.problem)
	case result.formatted != e.Formatted:
		at := 0
		for at < min(len(e.Formatted), len(result.formatted)) && e.Formatted[at] == result.formatted[at] {
			at++
		}
		return fmt.Errorf("%s: differs from prettier's result at byte %d", file.path, at)
	case result.changed != (e.Formatted != file.source):
		return fmt.Errorf("%s: changed = %v", file.path, result.changed)
	}
	return nil
}
