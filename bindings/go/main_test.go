package weir

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// echoPath is the compiled testdata/echo/echo.c.
var echoPath string

// TestMain compiles the test library, and plays the child of tests that need their own process.
func TestMain(m *testing.M) {
	if role := os.Getenv("WEIR_TEST_CHILD"); role != "" {
		os.Exit(children[role](os.Getenv("ECHO_LIBRARY")))
	}
	dir, err := os.MkdirTemp("", "weir-go-")
	if err == nil {
		echoPath, err = compileEcho(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("ECHO_LIBRARY", echoPath) // for the examples
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// compileEcho uses the flags that the package itself was built with.
func compileEcho(dir string, flags ...string) (string, error) {
	headers, err := filepath.Abs("../../cabi/include")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "libecho.so")
	arguments := []string{"-std=gnu11", "-O2", "-Wall", "-shared", "-fPIC", "-I" + headers}
	arguments = append(arguments, strings.Fields(os.Getenv("CGO_CFLAGS"))...)
	arguments = append(arguments, flags...)
	arguments = append(arguments, "-o", path, "testdata/echo/echo.c")
	arguments = append(arguments, strings.Fields(os.Getenv("CGO_LDFLAGS"))...)
	output, err := exec.Command("cc", append(arguments, "-lweir")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cc: %w\n%s", err, output)
	}
	return path, nil
}

// background has a deadline, so that a test that hangs says where.
func background(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func openEcho(t testing.TB) *Library {
	t.Helper()
	library, err := Open(echoPath)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { library.Close() })
	return library
}

// newPool makes a pool that must close cleanly and leave nothing behind.
func newPool(t testing.TB, options PoolOptions) *Pool {
	t.Helper()
	pool, err := openEcho(t).NewPool(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Errorf("close pool: %v", err)
		}
		if n := pendings.inUse(); n != 0 {
			t.Errorf("%d requests are still pending", n)
		}
		if c, l := leases.size(), listeners.size(); c+l != 0 {
			t.Errorf("%d contexts and %d listeners are registered", c, l)
		}
		if stats := settled(t); stats.Contexts+stats.Instances+stats.Jobs != 0 ||
			stats.Pools+stats.Queues+stats.Slots != 0 || stats.Records+stats.PayloadBytes != 0 {
			t.Errorf("live objects are left: %+v", stats)
		}
	})
	return pool
}

// eventually waits until something is so. It never sleeps for long, and says what did not come.
func eventually(t testing.TB, what string, isSo func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !isSo(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not so after 20 s", what)
		}
	}
}

func statsOf(t testing.TB, pool *Pool) PoolStats {
	t.Helper()
	stats, err := pool.Stats()
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

// settled waits a little for the pools to go: a thread of theirs that ends may hold one for a
// moment after it was closed.
func settled(t testing.TB) (stats ProcessStats) {
	t.Helper()
	for i := 0; i < 2000; i++ {
		var err error
		if stats, err = GetProcessStats(); err != nil {
			t.Fatal(err)
		}
		if stats.Pools == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return stats
}

func create(t testing.TB, pool *Pool, config string, options ...ContextOption) *Context {
	t.Helper()
	c, err := pool.Create(background(t), []byte(config), options...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func request(t testing.TB, c *Context, method, payload string) string {
	t.Helper()
	answer, err := c.Request(background(t), method, []byte(payload))
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return string(answer)
}
