package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// expectation is what prettier itself makes of a file: a text, or the place where the file is not
// of its language.
type expectation struct {
	Formatted string        `json:"formatted"`
	Error     *syntaxReport `json:"error"`
}

type syntaxReport struct {
	Message string `json:"message"`
	Line    int64  `json:"line"`
	Column  int64  `json:"column"`
}

// expectationScript calls prettier in plain Node; it keeps its results in a folder.
type expectationScript struct {
	node, path, cache string
}

type wantedFile struct {
	Path    string         `json:"path"`
	Options map[string]any `json:"options"`
}

// run sets the expectation of each file. `options` are prettier's for file i.
func (s *expectationScript) run(
	ctx context.Context, root string, files []sourceFile, options func(i int) map[string]any,
	progress func(done int),
) error {
	wanted := make([]wantedFile, len(files))
	for i := range files {
		wanted[i] = wantedFile{files[i].path, options(i)}
	}
	input, err := json.Marshal(map[string]any{"root": root, "cache": s.cache, "files": wanted})
	if err != nil {
		return err
	}
	var problems bytes.Buffer
	command := exec.CommandContext(ctx, s.node, s.path)
	command.Stdin, command.Stderr = bytes.NewReader(input), &problems
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("prettier in plain Node: %w", err)
	}
	done, failed := readExpectations(bufio.NewScanner(output), files, progress)
	if err := command.Wait(); err != nil {
		return fmt.Errorf("prettier in plain Node, after %d files: %w\n%s", done, err, problems.Bytes())
	}
	if failed == nil && done < len(files) {
		failed = fmt.Errorf("prettier in plain Node: %d of %d results", done, len(files))
	}
	return failed
}

// readExpectations reads the script's lines to their end, so that it can end.
func readExpectations(
	lines *bufio.Scanner, files []sourceFile, progress func(done int),
) (done int, failed error) {
	for lines.Scan() {
		if failed != nil || done == len(files) {
			continue
		}
		if failed = files[done].expect(lines.Bytes()); failed == nil {
			done++
			progress(done)
		}
	}
	if failed == nil {
		failed = lines.Err()
	}
	return done, failed
}

// expect reads the result that a line of the script names.
func (f *sourceFile) expect(line []byte) error {
	var found struct{ Path, Result string }
	if err := json.Unmarshal(line, &found); err != nil {
		return fmt.Errorf("prettier in plain Node: %q: %w", line, err)
	}
	if found.Path != f.path {
		return fmt.Errorf("prettier in plain Node: %s instead of %s", found.Path, f.path)
	}
	text, err := os.ReadFile(filepath.Clean(found.Result))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &f.expected)
}
