package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// table collects lines of a label and columns, so that one write puts them out.
type table struct{ text strings.Builder }

func (t *table) row(label string, columns ...string) {
	line := fmt.Sprintf("  %-30s", label)
	for _, column := range columns {
		line += fmt.Sprintf(" %14s", column)
	}
	t.text.WriteString(strings.TrimRight(line, " ") + "\n")
}

func (r *report) writeTable(output io.Writer) error {
	var t table
	ended := ""
	if r.Interrupted {
		ended = ", interrupted"
	}
	fmt.Fprintf(&t.text, "\n%s: %d tenants on %d slots, %.1f s%s\n\n", r.Library, r.Goroutines,
		r.Slots, r.Seconds, ended)
	t.row("", "count", "a second")
	t.row("cycles", number(r.Cycles), number(int64(float64(r.Cycles)/r.Seconds)))
	t.row("requests", number(r.Requests), number(int64(float64(r.Requests)/r.Seconds)))
	t.row("progress events", number(r.ProgressEvents))
	for _, row := range r.Amounts {
		t.row(row.What, number(row.Count), number(int64(float64(row.Count)/r.Seconds)))
	}
	t.row("")
	t.row("", "count", "p50", "p99")
	for _, row := range r.Times {
		t.row(row.What, number(int64(row.Count)), short(row.P50), short(row.P99))
	}
	t.row("")
	t.row("", "before", "after", "new")
	for _, row := range []struct {
		what          string
		before, after int
	}{
		{"threads of weir", r.Before.WeirThreads, r.After.WeirThreads},
		{"threads of Go", r.Before.GoThreads, r.After.GoThreads},
		{"descriptors", r.Before.Descriptors, r.After.Descriptors},
		{"MiB of memory", r.Before.MemoryMiB, r.After.MemoryMiB},
	} {
		t.row(row.what, number(int64(row.before)), number(int64(row.after)),
			number(int64(row.after-row.before)))
	}
	t.row("")
	t.row("", "expected", "found", "missing")
	for _, row := range r.Rows {
		t.row(row.What, number(row.Expected), number(row.Found), number(row.Expected-row.Found))
	}
	t.row("")
	r.writePool(&t)
	r.writeVerdict(&t)
	_, err := io.WriteString(output, t.text.String())
	return err
}

func (r *report) writePool(t *table) {
	p, l := r.Pool, r.Live
	unsigned := func(n uint64) string { return number(int64(n)) }
	t.row("of the whole run", "count")
	t.row("slots built", unsigned(p.SlotsBuilt))
	t.row("slots retired by a dirty reset", unsigned(p.SlotsUnclean))
	t.row("contexts created", unsigned(p.ContextsCreated))
	t.row("contexts destroyed", unsigned(p.ContextsDestroyed))
	t.row("creates that found no slot", unsigned(p.ContextsExhausted))
	t.row("requests accepted", unsigned(p.RequestsAccepted))
	t.row("responses that were OK", unsigned(p.ResponsesOK))
	t.row("events emitted", unsigned(p.EventsEmitted))
	t.row("events dropped", unsigned(p.EventsDropped))
	t.row("lost wake-ups", unsigned(p.WakesRepeated))
	if r.Library == libraryFormatter {
		t.row("environments rebuilt", unsigned(p.EnvironmentsRebuilt))
		t.row("handlers stopped", unsigned(p.HandlersStopped))
		t.row("instances that ended", unsigned(p.InstancesEnded))
	}
	live := l.Libraries + l.Queues + l.Pools + l.Slots + l.Contexts + l.Instances + l.Jobs
	t.row("live objects at the end", number(int64(live)+int64(l.Records)))
	t.row("live bytes at the end", unsigned(l.PayloadBytes))
}

func (r *report) writeVerdict(t *table) {
	for _, text := range r.Errors {
		fmt.Fprintf(&t.text, "\n  error: %s", text)
	}
	if len(r.Broken) == 0 {
		fmt.Fprintf(&t.text, "\n%s; no new thread, no new descriptor, nothing left.\n", r.Verdict)
		return
	}
	for _, text := range r.Broken {
		fmt.Fprintf(&t.text, "\nBROKEN: %s", text)
	}
	t.text.WriteString("\n")
}

// number writes 1234567 as 1,234,567.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// short writes a duration with about three digits.
func short(d time.Duration) string {
	value, unit := d.Seconds(), "s"
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < time.Millisecond:
		value, unit = value*1e6, "us"
	case d < time.Second:
		value, unit = value*1e3, "ms"
	}
	digits := 2
	if value >= 10 {
		digits = 1
	}
	if value >= 100 {
		digits = 0
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + " " + unit
}
