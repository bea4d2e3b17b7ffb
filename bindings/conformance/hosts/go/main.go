// The conformance host in Go: runs a plan of scenarios through the public API of the weir module.
//
//	conformance-go PLAN LIBRARY
//
// Prints one line of JSON for each scenario: id, ok, differed, ms. Exit code 0 when all ran.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

type scenario struct {
	ID    string           `json:"id"`
	Pool  map[string]any   `json:"pool"`
	Gates []string         `json:"gates"`
	Steps []map[string]any `json:"steps"`
}

type result struct {
	ID       string   `json:"id"`
	OK       bool     `json:"ok"`
	Differed []string `json:"differed"`
	MS       float64  `json:"ms"`
}

func runScenario(s scenario, library string) []string {
	w, err := newWorld(library, s.Pool)
	if err != nil {
		return []string{err.Error()}
	}
	if err := w.runSteps(s.Steps); err != nil {
		w.differs(err.Error())
	}
	for _, gate := range s.Gates {
		openGate(gate)
	}
	if err := w.end(); err != nil {
		w.differs(err.Error())
	}
	return w.allDifferences()
}

func run(planPath, library string) error {
	text, err := os.ReadFile(planPath)
	if err != nil {
		return err
	}
	var plan struct {
		Scenarios []scenario `json:"scenarios"`
	}
	if err := json.Unmarshal(text, &plan); err != nil {
		return err
	}
	for _, s := range plan.Scenarios {
		began := time.Now()
		differed := runScenario(s, library)
		line, err := json.Marshal(result{
			s.ID, len(differed) == 0, differed, float64(time.Since(began)) / float64(time.Millisecond),
		})
		if err != nil {
			return err
		}
		fmt.Println(string(line))
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: conformance-go PLAN LIBRARY")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
