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
		"-goroutines 0":       "-goroutines 0",
		"-goroutines x":       "-goroutines",
		"-goroutines 1000000": "-goroutines 1000000",
		"-slots -1":           "-slots -1",
		"-slots 1025":         "-slots 1025",
		"-duration 0s":        "-duration 0s",
		"-duration -1s":       "-duration -1s",
		"-duration 10":        "-duration",
		"-library /nothing":   "-library /nothing",
		"-data /nothing":      "/nothing",
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
	for _, name := range []string{"duration", "goroutines", "slots", "library", "data", "json"} {
		if !strings.Contains(text.String(), "-"+name) {
			t.Errorf("-%s is missing", name)
		}
	}
}

func TestFlagsAreRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := parseOptions([]string{"-duration", "3s", "-goroutines=5", "-slots", "2", "-json",
		"-library", file, "-data", file}, io.Discard)
	want := options{3 * time.Second, 5, 2, file, file, true}
	if err != nil || o != want {
		t.Errorf("got %+v, %v", o, err)
	}
}
