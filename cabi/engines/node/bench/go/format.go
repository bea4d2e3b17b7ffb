package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	weir "github.com/weir-ffi/weir-go"
	"github.com/weir-ffi/weir/examples/go-host/formatterclient"
)

const (
	formatSlots = 2
	formatWarm  = 40 * time.Second // V8 compiles what runs often better, in several steps
	formatTime  = 4 * time.Second
	formatTurns = 5
)

type source struct{ path, text string }

func readSources(paths []string) ([]source, error) {
	sources := make([]source, len(paths))
	for i, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sources[i] = source{path, string(text)}
	}
	return sources, nil
}

// together calls work for each number below count, in `formatSlots` goroutines.
func together(count int, work func(worker, i int) error) error {
	numbers, errs := make(chan int, count), make(chan error, formatSlots)
	for i := 0; i < count; i++ {
		numbers <- i
	}
	close(numbers)
	var group sync.WaitGroup
	for worker := 0; worker < formatSlots; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for i := range numbers {
				if err := work(worker, i); err != nil {
					errs <- err
					return
				}
			}
		}(worker)
	}
	group.Wait()
	close(errs)
	return <-errs
}

// formatPart formats files by contexts, as many as there are processors, and by a process of
// prettier for each file, as many at a time. Each result of the one is compared with the other's.
func formatPart(t *task) error {
	sources, err := readSources(t.files)
	if err != nil {
		return err
	}
	began := time.Now()
	opened, err := weir.Open(t.library)
	if err != nil {
		return err
	}
	defer opened.Close()
	pool, err := opened.NewPool(weir.PoolOptions{MaxSlots: formatSlots})
	if err != nil {
		return err
	}
	defer pool.Close()
	var clients [formatSlots]*formatterclient.Client
	for i := range clients {
		client, err := formatterclient.Create(context.Background(), pool, formatterclient.Config{})
		if err != nil {
			return err
		}
		defer client.Context().Close()
		clients[i] = client
	}
	results := make([]string, len(sources))
	pass := func() error {
		return together(len(sources), func(worker, i int) (err error) {
			results[i], err = format(clients[worker], &sources[i])
			return err
		})
	}
	if err := pass(); err != nil {
		return err
	}
	counters := map[string]float64{"first_pass_rate": perSecond(len(sources), time.Since(began))}
	if _, err := passesFor(formatWarm, pass); err != nil {
		return err
	}
	own, byProcess, err := inTurns(sources, pass, func() (float64, error) {
		return formatByProcess(t.script, sources, results)
	})
	if err != nil {
		return err
	}
	if err := t.report("go/format", own, counters); err != nil {
		return err
	}
	return t.report("go/format_process", byProcess, nil)
}

// inTurns measures the contexts and the processes in turns, so that a machine that is slower for a
// while is so for both, and gives the medians of the files a second.
func inTurns(sources []source, pass func() error, byProcess func() (float64, error)) (
	ownRate, otherRate float64, err error) {
	var own, other []float64
	for turn := 0; turn < formatTurns; turn++ {
		took, err := passesFor(formatTime, pass)
		if err != nil {
			return 0, 0, err
		}
		rate, err := byProcess()
		if err != nil {
			return 0, 0, err
		}
		own, other = append(own, perSecond(len(sources), took)), append(other, rate)
	}
	return median(own), median(other), nil
}

func perSecond(count int, took time.Duration) float64 { return float64(count) / took.Seconds() }

// passesFor makes passes for a time, and gives the median of theirs.
func passesFor(duration time.Duration, pass func() error) (time.Duration, error) {
	var times []float64
	for began := time.Now(); time.Since(began) < duration; {
		passBegan := time.Now()
		if err := pass(); err != nil {
			return 0, err
		}
		times = append(times, float64(time.Since(passBegan)))
	}
	return time.Duration(median(times)), nil
}

func format(client *formatterclient.Client, s *source) (string, error) {
	input := formatterclient.Source{Path: &s.path, Source: s.text}
	answer, err := client.Format(context.Background(), input)
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.path, err)
	}
	return answer.Formatted, nil
}

// formatByProcess gives the files a second of prettier's own command.
func formatByProcess(prettier string, sources []source, expected []string) (float64, error) {
	folder, err := os.MkdirTemp("", "engine-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	began := time.Now()
	err = together(len(sources), func(_, i int) error {
		s := &sources[i]
		// By standard input it takes no notice of settings that lie beside the file.
		name := filepath.Join(folder, filepath.Base(s.path))
		command := exec.Command("node", prettier, "--no-config", "--stdin-filepath", name)
		command.Dir, command.Stdin = folder, bytes.NewReader([]byte(s.text))
		output, err := command.Output()
		if err != nil {
			return fmt.Errorf("prettier %s: %w", s.path, err)
		}
		if string(output) != expected[i] {
			return fmt.Errorf("%s: the library and prettier's command differ", s.path)
		}
		return nil
	})
	return perSecond(len(sources), time.Since(began)), err
}
