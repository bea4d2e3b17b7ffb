package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress says once a second how far the run is: on a terminal by writing over the same line, else
// in lines of their own.
type progress struct {
	output   io.Writer
	terminal bool
	width    int // of the last line
}

func newProgress(o options) *progress {
	p := &progress{output: os.Stdout}
	if o.json { // standard output is for the JSON alone
		p.output = os.Stderr
		return p
	}
	if info, err := os.Stdout.Stat(); err == nil {
		p.terminal = info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) say(format string, values ...any) {
	line := fmt.Sprintf(format, values...)
	if !p.terminal {
		fmt.Fprintln(p.output, line)
		return
	}
	fmt.Fprintf(p.output, "\r%-*s", p.width, line)
	p.width = len(line)
}

// sayLine says something that stays.
func (p *progress) sayLine(format string, values ...any) {
	p.clear()
	fmt.Fprintf(p.output, format+"\n", values...)
}

// clear ends a line that is being written over.
func (p *progress) clear() {
	if p.terminal && p.width > 0 {
		fmt.Fprintf(p.output, "\r%*s\r", p.width, "")
		p.width = 0
	}
}

// follow prints until `done` is closed.
func (p *progress) follow(t *totals, done <-chan struct{}) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	start, cycles := time.Now(), int64(0)
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		now := t.cycles.Load()
		expected, found := t.allRows()
		line := fmt.Sprintf("%3.0f s  %s cycles (%s/s)  %s requests  %s results right of %s",
			time.Since(start).Seconds(), number(now), number(now-cycles),
			number(t.requests.Load()), number(found), number(expected))
		if n := t.unexpected.Load(); n > 0 {
			line += fmt.Sprintf("  %s ERRORS", number(n))
		}
		p.say("%s", line)
		cycles = now
	}
}
