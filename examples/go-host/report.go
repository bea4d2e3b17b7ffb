package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// report is the result of a run; its JSON form is what -json prints.
type report struct {
	Library     string  `json:"library"`
	Goroutines  int     `json:"goroutines"`
	Slots       int     `json:"slots"`
	Seconds     float64 `json:"seconds"`
	Interrupted bool    `json:"interrupted"`

	Cycles         int64 `json:"cycles"`
	Requests       int64 `json:"requests"`
	ProgressEvents int64 `json:"progress_events"`

	Amounts []amount `json:"amounts"`

	Times []timing `json:"times"`

	Before footprint `json:"before"`
	After  footprint `json:"after"`

	Rows []rows `json:"rows"`

	Pool  weir.PoolStats    `json:"pool"`
	Close weir.CloseReport  `json:"close"`
	Live  weir.ProcessStats `json:"live_at_the_end"`

	Errors     []string `json:"errors"`
	ErrorCount int64    `json:"error_count"`
	Broken     []string `json:"broken"` // the invariants that do not hold
	Verdict    string   `json:"-"`      // what has been shown when all hold
}

// amount is something that is counted and not judged.
type amount struct {
	What  string `json:"what"`
	Count int64  `json:"count"`
}

type timing struct {
	What  string        `json:"what"`
	Count uint64        `json:"count"`
	P50   time.Duration `json:"p50_ns"`
	P99   time.Duration `json:"p99_ns"`
}

type rows struct {
	What     string `json:"what"`
	Expected int64  `json:"expected"`
	Found    int64  `json:"found"`
}

func (r *report) count(w *workload, t *totals) {
	r.Cycles, r.Requests = t.cycles.Load(), t.requests.Load()
	r.ProgressEvents = t.progressEvents.Load()
	for i, what := range w.amounts {
		r.Amounts = append(r.Amounts, amount{what, t.amounts[i].Load()})
	}
	for i, what := range w.rows {
		r.Rows = append(r.Rows, rows{what, t.rows[i].expected.Load(), t.rows[i].found.Load()})
	}
}

func (r *report) time(w *workload, tenants []*tenant) {
	all := newTenant(w, 0)
	var requests histogram
	for _, t := range tenants {
		all.createFree.merge(&t.createFree)
		all.createWaited.merge(&t.createWaited)
		all.destroy.merge(&t.destroy)
		for i := range t.requests {
			all.requests[i].merge(&t.requests[i])
			requests.merge(&t.requests[i])
		}
	}
	add := func(what string, times *histogram) {
		r.Times = append(r.Times, timing{what, times.total, times.quantile(0.50),
			times.quantile(0.99)})
	}
	add("create, a slot is free", &all.createFree)
	add("create, after a wait in line", &all.createWaited)
	add("request", &requests)
	for i, what := range w.methods {
		add("  "+what, &all.requests[i])
	}
	add("destroy", &all.destroy)
}

// judge names the invariants that do not hold.
func (r *report) judge() {
	broken := func(format string, values ...any) {
		r.Broken = append(r.Broken, fmt.Sprintf(format, values...))
	}
	for _, row := range r.Rows {
		if row.Expected != row.Found {
			broken("%s: %d of %d", row.What, row.Found, row.Expected)
		}
	}
	if r.Before.WeirThreads != r.After.WeirThreads || r.After.GoThreads > r.Before.GoThreads {
		broken("threads: %+v before, %+v after", r.Before, r.After)
	}
	if r.Before.Descriptors != r.After.Descriptors {
		broken("descriptors: %d before, %d after", r.Before.Descriptors, r.After.Descriptors)
	}
	if r.Live != (weir.ProcessStats{}) {
		broken("live objects at the end: %+v", r.Live)
	}
	p := r.Pool
	if p.ContextsCreated != p.ContextsDestroyed {
		broken("contexts: %d created, %d destroyed", p.ContextsCreated, p.ContextsDestroyed)
	}
	if p.SlotsQuarantined != 0 || p.SlotsUnclean != 0 || p.WakesRepeated != 0 || p.EventsDropped != 0 {
		broken("pool: %d slots in quarantine, %d unclean, %d lost wake-ups, %d events dropped",
			p.SlotsQuarantined, p.SlotsUnclean, p.WakesRepeated, p.EventsDropped)
	}
	if p.HandlersStopped != 0 || p.InstancesEnded != 0 {
		broken("pool: %d handlers stopped, %d instances ended", p.HandlersStopped, p.InstancesEnded)
	}
	if r.ErrorCount > 0 {
		broken("%d unexpected errors", r.ErrorCount)
	}
	if r.Cycles == 0 && !r.Interrupted {
		broken("no cycle was finished")
	}
}

func (r *report) writeJSON(output io.Writer) error {
	encoder := json.NewEncoder(output)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}
