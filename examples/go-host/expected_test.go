package main

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

// plainPrettier is the script of the checkout, with a cache of its own.
func plainPrettier(t *testing.T) *expectationScript {
	t.Helper()
	script, err := findExpectationScript(t.TempDir())
	if err != nil {
		t.Skip(err)
	}
	if err := exec.Command(script.node, "--input-type=module", "-e", "await import('prettier')").
		Run(); err != nil {
		t.Skip("prettier is not installed")
	}
	return script
}

func TestExpectationsArePrettiersOwn(t *testing.T) {
	script := plainPrettier(t)
	root := writeTree(t, "a.md")
	files := []sourceFile{{path: "a.md", source: "a.md"}}
	for _, options := range []map[string]any{{}, {"semi": false}} {
		done := 0
		if err := script.run(context.Background(), root, files,
			func(int) map[string]any { return options }, func(n int) { done = n }); err != nil {
			t.Fatal(err)
		}
		if done != 1 || files[0].expected.Formatted != "a.md\n" {
			t.Errorf("%d, %+v", done, files[0].expected)
		}
	}
}

func TestAnExpectationMayBeAnError(t *testing.T) {
	script := plainPrettier(t)
	root := writeTree(t, "{.js") // which is also what stands in it
	files := []sourceFile{{path: "{.js", source: "{.js"}}
	if err := script.run(context.Background(), root, files,
		func(int) map[string]any { return nil }, func(int) {}); err != nil {
		t.Fatal(err)
	}
	want := syntaxReport{"Unexpected token", 1, 2}
	if got := files[0].expected.Error; got == nil || *got != want {
		t.Errorf("%+v", got)
	}
}

func TestAScriptThatFailsIsAnError(t *testing.T) {
	script := plainPrettier(t)
	files := []sourceFile{{path: "nothing.js"}}
	err := script.run(context.Background(), t.TempDir(), files,
		func(int) map[string]any { return nil }, func(int) {})
	if err == nil || !strings.Contains(err.Error(), "nothing.js") {
		t.Errorf("%v", err)
	}
}

func TestADifferenceIsNamed(t *testing.T) {
	file := &sourceFile{path: "p", source: "s", expected: expectation{Formatted: "abc"}}
	broken := &sourceFile{path: "p", source: "s", expected: expectation{
		Error: &syntaxReport{"m", 1, 2}}}
	for _, one := range []struct {
		file   *sourceFile
		result fileResult
		part   string // "" = no difference
	}{
		{file, fileResult{formatted: "abc", changed: true}, ""},
		{file, fileResult{formatted: "abc"}, "changed = false"},
		{file, fileResult{formatted: "abd", changed: true}, "at byte 2"},
		{file, fileResult{formatted: "ab", changed: true}, "at byte 2"},
		{file, fileResult{problem: &syntaxReport{"m", 1, 2}}, "though prettier formats it"},
		{broken, fileResult{formatted: "abc"}, "though prettier says: m"},
		{broken, fileResult{problem: &syntaxReport{"m", 1, 2}}, ""},
		{broken, fileResult{problem: &syntaxReport{"m", 1, 3}}, "though prettier says"},
	} {
		err := one.file.expected.difference(one.file, one.result)
		if (err == nil) != (one.part == "") || err != nil && !strings.Contains(err.Error(), one.part) {
			t.Errorf("%+v: %v", one, err)
		}
	}
}
