package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestABadFlagIsNamed(t *testing.T) {
	for arguments, part := range map[string]string{
		"-nonsense":           "-nonsense",
		"-goroutines -1":      "-goroutines -1",
		"-goroutines x":       "-goroutines",
		"-goroutines 1000000": "-goroutines 1000000",
		"-slots -1":           "-slots -1",
		"-slots 1025":         "-slots 1025",
		"-duration 0s":        "-duration 0s",
		"-duration -1s":       "-duration -1s",
		"-duration 10":        "-duration",
		"-library /nothing":   `-library "/nothing"`,
		"-isolation none":     `-isolation "none"`,
		"-files 0":            "-files 0",
		"-bytes -1":           "-bytes -1",
		"-file-bytes 0":       "-file-bytes 0",
		"-batch 0":            "-batch 0",
		"extra":               `"extra"`,
		"-json=maybe":         "json",
	} {
		_, err := parseOptions(strings.Fields(arguments), io.Discard)
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", arguments, err)
		}
	}
}

func TestHelpShowsEveryFlag(t *testing.T) {
	var text strings.Builder
	if _, err := parseOptions([]string{"-help"}, &text); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	for _, name := range []string{"duration", "goroutines", "slots", "library", "file", "data",
		"isolation", "files", "bytes", "file-bytes", "batch", "json"} {
		if !strings.Contains(text.String(), "-"+name) {
			t.Errorf("-%s is missing", name)
		}
	}
}

func TestFlagsAreRead(t *testing.T) {
	o, err := parseOptions([]string{"-duration", "3s", "-goroutines=5", "-slots", "2", "-json",
		"-library", "formatter", "-file", "f", "-data", "d", "-isolation", "environment", "-files", "3",
		"-bytes", "4", "-file-bytes", "5", "-batch", "6"}, io.Discard)
	want := options{"formatter", "f", "d", 3 * time.Second, 5, 2, "environment",
		corpusLimits{3, 4, 5}, 6, true}
	if err != nil || o != want {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestFilesAreFoundOrNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := findFile("file", file, ""); err != nil || found != file {
		t.Errorf("%q, %v", found, err)
	}
	if found, err := findFile("data", "", "examples/go-host/go.mod"); err != nil ||
		!filepath.IsAbs(found) {
		t.Errorf("%q, %v", found, err)
	}
	for flag, given := range map[string]string{"-file /nothing": "/nothing", "no/such/file": ""} {
		if _, err := findFile("file", given, "no/such/file"); err == nil ||
			!strings.Contains(err.Error(), flag) {
			t.Errorf("%q: %v", given, err)
		}
	}
}
