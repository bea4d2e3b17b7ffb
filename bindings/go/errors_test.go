package weir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestEveryCodeHasANameAndIsAnError(t *testing.T) {
	seen := map[string]bool{"UNKNOWN": true}
	for code := ErrInvalidArgument; code <= ErrInstanceEnded; code++ {
		if name := code.String(); seen[name] || name == "" {
			t.Errorf("code %d is named %q", code, name)
		} else {
			seen[name] = true
		}
		wrapped := fmt.Errorf("while testing: %w", &Error{Op: "test", Code: code})
		if !errors.Is(wrapped, code) || errors.Is(wrapped, code+1) {
			t.Errorf("errors.Is does not tell %v", code)
		}
	}
	if text := ErrStaleHandle.Error(); text != "weir: stale handle" {
		t.Errorf("text is %q", text)
	}
	if Code(999).String() != "UNKNOWN" {
		t.Error("999 has a name")
	}
}

func TestContextErrorsKeepTheirCause(t *testing.T) {
	cause := errors.New("cause")
	ctx, cancel := context.WithTimeoutCause(context.Background(), 0, cause)
	defer cancel()
	<-ctx.Done()
	err := contextError("request", ctx)
	for _, target := range []error{ErrTimedOut, context.DeadlineExceeded, cause} {
		if !errors.Is(err, target) {
			t.Errorf("%v is not %v", err, target)
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, ErrCanceled) {
		t.Errorf("%v is both", err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.so")
	if err := os.WriteFile(text, []byte("not a shared object"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, code := range map[string]Code{
		"":                               ErrInvalidArgument,
		"libecho.so":                     ErrInvalidArgument,
		filepath.Join(dir, "nothing.so"): ErrLibraryNotFound,
		text:                             ErrLibraryInvalid,
	} {
		_, err := Open(path)
		var e *Error
		if !errors.As(err, &e) || e.Code != code || e.Op != "open" {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestALibraryForAnotherABIIsRefused(t *testing.T) {
	path, err := compileEcho(t.TempDir(), "-DECHO_ABI_VERSION=99u")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(path)
	if !errors.Is(err, ErrVersionMismatch) || !strings.Contains(err.Error(), "99") {
		t.Errorf("got %v", err)
	}
}

func TestOptionsThatCannotBeAreNamed(t *testing.T) {
	library := openEcho(t)
	for name, options := range map[string]PoolOptions{
		"MaxSlots":        {MaxSlots: -1},
		"MaxEvents":       {MaxEvents: -1},
		"MaxRequestBytes": {MaxRequestBytes: -1},
		"TeardownTime":    {TeardownTime: Off},
		"CheckEvery":      {CheckEvery: -time.Second},
		"max_slots":       {MaxSlots: 5000},
		"min_idle":        {MaxSlots: 2, MinIdle: 3},
		"max_requests":    {MaxRequests: 40_000},
		"stack_size":      {StackSize: 1000},
		"leak_threshold":  {LeakAfter: time.Second},
	} {
		_, err := library.NewPool(options)
		var e *Error
		if !errors.Is(err, ErrInvalidArgument) || !errors.As(err, &e) ||
			!strings.Contains(e.Message, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if stats := settled(t); stats.Queues != 0 || stats.Pools != 0 {
		t.Errorf("a refused pool left something: %+v", stats)
	}
}

func TestALibraryClosesTwiceAndItsPoolsGoOn(t *testing.T) {
	pool := newPool(t, PoolOptions{})
	c := create(t, pool, "")
	request(t, c, "echo", "x")
	if err := errors.Join(pool.state.library.Close(), pool.state.library.Close()); err != nil {
		t.Fatal(err)
	}
	request(t, c, "echo", "a method that was used before")
	request(t, c, "instances", "and one that was not")
	if _, err := pool.state.library.NewPool(PoolOptions{}); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("new pool: %v", err)
	}
}

func TestMillisecondsRoundUpAndStayFinite(t *testing.T) {
	for d, want := range map[time.Duration]uint32{
		-1: 1, 0: 1, 1: 1, time.Millisecond: 1, time.Millisecond + 1: 2,
		time.Second: 1000, 1 << 62: 1 << 31,
	} {
		if got := milliseconds(d); got != want {
			t.Errorf("%d ns are %d ms", d, got)
		}
	}
	if optionMilliseconds(0) != 0 || optionMilliseconds(Off) != 1<<32-1 {
		t.Error("0 is the default and Off is off")
	}
}
