// Command engine-bench measures the TypeScript engine as a Go program uses it, beside what a Go
// program has instead: a sidecar, a process a file. Results are lines of JSON on standard output.
//
//	engine-bench echo <placement> <library> <sidecar.mjs>
//	engine-bench http <placement> <library> <http.mjs>
//	engine-bench format <placement> <formatter> <prettier.cjs> <name> <file>…
//	engine-bench throughput <placement> <formatter> <prettier.mjs> <name> <file>…
//
// The placement is that of the whole program, by taskset; here it is only a part of names.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"time"
)

// measured is a line of the results; scripts/bench/measured.ts reads them.
type measured struct {
	Name     string             `json:"name"`
	Ns       float64            `json:"ns"`
	Rate     float64            `json:"rate"`
	Counters map[string]float64 `json:"counters"`
}

// task is what the command line says.
type task struct {
	placement, library, script string
	corpus                     string // a name for the files
	files                      []string
}

func (t *task) report(name string, rate float64, counters map[string]float64) error {
	if t.corpus != "" {
		name += "_" + t.corpus
	}
	line := measured{name + "/" + t.placement, float64(time.Second) / rate, rate, counters}
	return json.NewEncoder(os.Stdout).Encode(line)
}

func median(values []float64) float64 {
	sorted := append([]float64(nil), values...)
	sort.Float64s(sorted)
	return sorted[len(sorted)/2]
}

func run(args []string) error {
	parts := map[string]func(*task) error{
		"echo": echoPart, "http": httpPart, "format": formatPart, "throughput": throughputPart,
	}
	if len(args) < 4 || parts[args[0]] == nil {
		return fmt.Errorf("usage: engine-bench echo|http|format|throughput <placement> <library> " +
			"<script> [<name> <file>…]")
	}
	t := &task{placement: args[1], library: args[2], script: args[3]}
	if len(args) > 5 {
		t.corpus, t.files = args[4], args[5:]
	}
	return parts[args[0]](t)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
