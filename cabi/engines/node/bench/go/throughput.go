package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	weir "github.com/weir-ffi/weir-go"
	"github.com/weir-ffi/weir/examples/go-host/formatterclient"
)

// The time of both together, in turns.
const (
	throughputWarm = 10 * time.Second
	throughputTime = 12 * time.Second
)

// plainNode is prettier in a Node process, which formats all files each time it is told to.
type plainNode struct {
	process *exec.Cmd
	input   *os.File
	output  *bufio.Reader
}

func startPlainNode(script string, files []string) (*plainNode, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	process := exec.Command("node", append([]string{script}, files...)...)
	p := &plainNode{process: process, input: writer}
	p.process.Stdin, p.process.Stderr = reader, os.Stderr
	output, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.output = bufio.NewReader(output)
	return p, p.process.Start()
}

// pass has all files formatted, and gives the time that the process says it took.
func (p *plainNode) pass() (time.Duration, error) {
	if _, err := p.input.WriteString("pass\n"); err != nil {
		return 0, err
	}
	line, err := p.output.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("prettier in plain Node: %w", err)
	}
	milliseconds, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
	return time.Duration(milliseconds * float64(time.Millisecond)), err
}

func (p *plainNode) stop() {
	p.input.Close()
	p.process.Wait()
}

// throughputPart formats the same files in turns in one context and in a plain Node process.
func throughputPart(t *task) error {
	sources, err := readSources(t.files)
	if err != nil {
		return err
	}
	opened, err := weir.Open(t.library)
	if err != nil {
		return err
	}
	defer opened.Close()
	pool, err := opened.NewPool(weir.PoolOptions{MaxSlots: 1})
	if err != nil {
		return err
	}
	defer pool.Close()
	client, err := formatterclient.Create(context.Background(), pool, formatterclient.Config{})
	if err != nil {
		return err
	}
	defer client.Context().Close()
	plain, err := startPlainNode(t.script, t.files)
	if err != nil {
		return err
	}
	defer plain.stop()
	var own, others []float64
	turn := func() error {
		began := time.Now()
		for i := range sources {
			if _, err := format(client, &sources[i]); err != nil {
				return err
			}
		}
		own = append(own, perSecond(len(sources), time.Since(began)))
		took, err := plain.pass()
		others = append(others, perSecond(len(sources), took))
		return err
	}
	if _, err := passesFor(throughputWarm, turn); err != nil {
		return err
	}
	own, others = nil, nil
	if _, err := passesFor(throughputTime, turn); err != nil {
		return err
	}
	if err := t.report("go/throughput", median(own), nil); err != nil {
		return err
	}
	return t.report("go/throughput_plain", median(others), nil)
}
