package weir

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// How often a payload is copied on its way, counted: C's copies by testing/count_copies.c, which is
// loaded before the process, and Go's by the memory that Go makes for them. Go's own copies are to
// fresh memory, as an answer is its caller's.

func init() { children["copies"] = copiesChild }

// copiesSenders goroutines send as many requests as have these bytes, so that what else is copied
// and made is little beside them.
const (
	copiesSenders = 16
	copiesBytes   = 16 << 20
)

// copyCount is a line of copiesChild, of the form that scripts/bench/measured.ts reads.
type copyCount struct {
	Name     string             `json:"name"`
	Counters map[string]float64 `json:"counters"`
}

// copiedBytes is what C and Go have copied until now.
func copiedBytes() float64 {
	counted, err := os.ReadFile(os.Getenv("WEIR_COPIED"))
	if err != nil || len(counted) < 8 {
		panic(fmt.Sprint("the counter cannot be read: ", err))
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return float64(binary.LittleEndian.Uint64(counted)) + float64(memory.TotalAlloc)
}

// copiesOf gives the copies of `size` bytes that a request makes.
func copiesOf(c *Context, method string, payload []byte, size int) float64 {
	requests := copiesBytes / size / copiesSenders
	send := func(int) {
		for i := 0; i < requests; i++ {
			if _, err := c.Request(context.Background(), method, payload); err != nil {
				panic(err)
			}
		}
	}
	parallel(copiesSenders, send) // whatever is made once
	before := copiedBytes()
	parallel(copiesSenders, send)
	return (copiedBytes() - before) / copiesBytes
}

// copiesChild prints the copies of a payload each way, for two sizes.
func copiesChild(path string) int {
	debug.SetGCPercent(-1) // a collection allocates, too
	library, err := Open(path)
	if err != nil {
		return 3
	}
	for _, size := range []int{4 << 10, 1 << 20} {
		pool, err := library.NewPool(PoolOptions{})
		if err != nil {
			return 4
		}
		payload := make([]byte, size)
		c, err := pool.Create(context.Background(), payload)
		if err != nil {
			return 5
		}
		line, err := json.Marshal(copyCount{fmt.Sprint("go/copies/", size), map[string]float64{
			"in":       copiesOf(c, "take", payload, size),
			"out":      copiesOf(c, "lend", nil, size),
			"outGiven": copiesOf(c, "config", nil, size),
		}})
		if err != nil {
			return 6
		}
		fmt.Println(string(line))
		if err := pool.Close(); err != nil {
			return 7
		}
	}
	return 0
}

// compileCounter gives the environment in which copies are counted.
func compileCounter(t *testing.T) []string {
	t.Helper()
	folder := t.TempDir()
	counter, count := filepath.Join(folder, "libcount.so"), filepath.Join(folder, "copied")
	output, err := exec.Command("cc", "-O2", "-fno-builtin", "-shared", "-fPIC",
		"../testing/count_copies.c", "-o", counter, "-ldl").CombinedOutput()
	if err != nil {
		t.Fatalf("cc: %v\n%s", err, output)
	}
	if err := os.WriteFile(count, make([]byte, 8), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"LD_PRELOAD=" + counter, "WEIR_COPIED=" + count}
}

func TestAPayloadIsCopiedAtMostTwiceEachWay(t *testing.T) {
	const beside = 0.2 // what is copied and made beside payloads, as a share of theirs
	output, code := startChild(t, "copies", compileCounter(t)...)
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if code != 0 || len(lines) != 2 {
		t.Fatalf("code %d\n%s", code, output)
	}
	for _, text := range lines {
		var line copyCount
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if testing.Verbose() {
			fmt.Println(text)
		}
		in, out := line.Counters["in"], line.Counters["out"]
		ofLibrary := line.Counters["outGiven"] - out
		// One copy at least is the core's: so it is seen that copies are counted.
		if in < 1-beside || in > 2+beside || out > 2+beside {
			t.Errorf("copies of a payload: %s", text)
		}
		if ofLibrary < 1-beside || ofLibrary > 1+beside {
			t.Errorf("a library that does not lend its answer copies it once: %s", text)
		}
	}
}
