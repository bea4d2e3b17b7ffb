package main

import (
	"encoding/json"
	"math/rand"
	"sort"
	"strings"
	"testing"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// sound is a report of a run in which nothing went wrong.
func sound() *report {
	return &report{
		Cycles: 1, Seconds: 1, Rows: []rows{{"rows imported", 10, 10}},
		Before: footprint{64, 20, 9, 50}, After: footprint{64, 20, 9, 60},
		Pool: weir.PoolStats{ContextsCreated: 5, ContextsDestroyed: 5},
	}
}

func TestASoundRunIsNotBroken(t *testing.T) {
	r := sound()
	if r.judge(); len(r.Broken) != 0 {
		t.Errorf("broken: %q", r.Broken)
	}
	r.Cycles, r.Interrupted = 0, true
	if r.judge(); len(r.Broken) != 0 {
		t.Errorf("interrupted: %q", r.Broken)
	}
}

func TestEveryBrokenInvariantIsNamed(t *testing.T) {
	for part, spoil := range map[string]func(*report){
		"rows imported: 9 of 10": func(r *report) { r.Rows[0].Found = 9 },
		"threads":                func(r *report) { r.After.WeirThreads++ },
		"threads: ":              func(r *report) { r.After.GoThreads++ },
		"descriptors: 9":         func(r *report) { r.After.Descriptors-- },
		"live objects":           func(r *report) { r.Live.Contexts = 1 },
		"5 created, 4 destroyed": func(r *report) { r.Pool.ContextsDestroyed = 4 },
		"1 unclean":              func(r *report) { r.Pool.SlotsUnclean = 1 },
		"1 lost wake-ups":        func(r *report) { r.Pool.WakesRepeated = 1 },
		"1 events dropped":       func(r *report) { r.Pool.EventsDropped = 1 },
		"1 handlers stopped":     func(r *report) { r.Pool.HandlersStopped = 1 },
		"1 instances ended":      func(r *report) { r.Pool.InstancesEnded = 1 },
		"3 unexpected errors":    func(r *report) { r.ErrorCount = 3 },
		"no cycle":               func(r *report) { r.Cycles = 0 },
	} {
		r := sound()
		spoil(r)
		if r.judge(); len(r.Broken) != 1 || !strings.Contains(r.Broken[0], part) {
			t.Errorf("%s: %q", part, r.Broken)
		}
		var table strings.Builder
		if err := r.writeTable(&table); err != nil || !strings.Contains(table.String(), "BROKEN: ") {
			t.Errorf("%s: the table does not say so: %v", part, err)
		}
	}
}

func TestTheReportIsValidJSON(t *testing.T) {
	var text strings.Builder
	r := sound()
	w := &workload{methods: []string{"import"}}
	r.time(w, []*tenant{newTenant(w, 0)})
	if err := r.writeJSON(&text); err != nil {
		t.Fatal(err)
	}
	var back report
	if err := json.Unmarshal([]byte(text.String()), &back); err != nil || back.Cycles != 1 {
		t.Errorf("%v: %s", err, text.String())
	}
}

func TestQuantilesAreAtMostASixteenthTooHigh(t *testing.T) {
	var h, half histogram
	random := rand.New(rand.NewSource(1))
	var all []time.Duration
	for i := 0; i < 10_000; i++ {
		d := time.Duration(random.ExpFloat64() * float64(time.Millisecond))
		all = append(all, d)
		if i%2 == 0 {
			h.add(d)
		} else {
			half.add(d)
		}
	}
	h.merge(&half)
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	for _, part := range []float64{0, 0.5, 0.99, 0.9999} {
		exact := all[int(part*float64(len(all)))]
		if got := h.quantile(part); got < exact || got > exact+exact/16+1 {
			t.Errorf("quantile %v: %v instead of %v", part, got, exact)
		}
	}
	if new(histogram).quantile(0.5) != 0 {
		t.Error("nothing has a quantile")
	}
	for _, ns := range []uint64{0, 1, 15, 16, 17, 31, 32, 33, 1 << 40, 1<<63 - 1} {
		if b := bucketOf(ns); bucketEnd(b) < ns || b > 0 && bucketEnd(b-1) >= ns {
			t.Errorf("%d ns are in bucket %d, which ends with %d", ns, b, bucketEnd(b))
		}
	}
}

func TestNumbersAreReadable(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", 100000: "100,000",
	} {
		if got := number(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
	for d, want := range map[time.Duration]string{
		5: "5 ns", 1500: "1.50 us", 12_340: "12.3 us", 999_960: "1000 us", 5 * time.Second: "5.00 s",
	} {
		if got := short(d); got != want {
			t.Errorf("%d ns are %q", d, got)
		}
	}
}
