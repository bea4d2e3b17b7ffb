package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeTree writes files, each with its own path as content, and gives their folder.
func writeTree(t *testing.T, paths ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, path := range paths {
		full := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func pathsOf(files []sourceFile) string {
	paths := make([]string, len(files))
	for i := range files {
		paths[i] = files[i].path
	}
	return strings.Join(paths, " ")
}

func TestACorpusIsTheSourceFilesOfATree(t *testing.T) {
	root := writeTree(t, "b/a.js", "a.js", "a.css", "c.png", ".hidden/d.js", "b/.e.js", "LICENSE",
		"long/name/that/is/over/the/limit/of/bytes.ts")
	if err := os.WriteFile(filepath.Join(root, "latin.md"), []byte("\xe4"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := readCorpus(root, corpusLimits{files: 100, bytes: 1000, fileBytes: 20})
	if err != nil {
		t.Fatal(err)
	}
	if got := pathsOf(files); got != "a.js a.css b/a.js" {
		t.Errorf("got %s", got)
	}
	if files[2].source != "b/a.js" {
		t.Errorf("the content is %q", files[2].source)
	}
}

func TestACorpusHasItsLimits(t *testing.T) {
	root := writeTree(t, "a.js", "b.js", "c.js", "d.js", "e.css", "f.md", "g.md")
	for limits, want := range map[corpusLimits]string{
		{7, 100, 10}: "a.js f.md b.js e.css c.js g.md d.js",
		{4, 100, 10}: "a.js e.css f.md c.js", // as many of rare kinds
		{2, 100, 10}: "",
		{7, 10, 10}:  "",
	} {
		files, err := readCorpus(root, limits)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) > limits.files {
			t.Errorf("%+v: %d files", limits, len(files))
		}
		bytes := 0
		for i := range files {
			bytes += len(files[i].source)
		}
		if int64(bytes) > limits.bytes {
			t.Errorf("%+v: %d bytes", limits, bytes)
		}
		if got := pathsOf(files); want != "" && got != want {
			t.Errorf("%+v: %s", limits, got)
		}
	}
	if _, err := readCorpus(t.TempDir(), corpusLimits{1, 1, 1}); err == nil {
		t.Error("a folder without source files is a corpus")
	}
}
