package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

// footprint is what the process holds of the system at one moment.
type footprint struct {
	WeirThreads int `json:"weir_threads"` // named weir-…
	GoThreads   int `json:"go_threads"`   // all others
	Descriptors int `json:"descriptors"`
	MemoryMiB   int `json:"memory_mib"` // resident; for information, since Go collects when it likes
}

// takeFootprint reads /proc. Reading uses a descriptor itself, each time alike.
func takeFootprint() (footprint, error) {
	var f footprint
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return f, err
	}
	for _, task := range tasks {
		name, err := os.ReadFile("/proc/self/task/" + task.Name() + "/comm")
		switch {
		case err != nil: // it has just ended
		case strings.HasPrefix(string(name), "weir-"):
			f.WeirThreads++
		default:
			f.GoThreads++
		}
	}
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return f, err
	}
	f.Descriptors = len(descriptors)
	statm, err := os.ReadFile("/proc/self/statm")
	var size, resident int
	if _, failed := fmt.Sscan(string(statm), &size, &resident); failed != nil {
		return f, failed
	}
	f.MemoryMiB = resident * os.Getpagesize() >> 20
	return f, err
}

// startGoThreads lets Go's runtime start threads before they are counted. It starts one whenever
// all others are in system calls or in C, and keeps it; so their number may grow by chance long
// after the warm-up, which would look like a leak.
func startGoThreads() {
	count := 16 + 4*runtime.GOMAXPROCS(0)
	var held, done sync.WaitGroup
	release := make(chan struct{})
	for i := 0; i < count; i++ {
		held.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			held.Done()
			<-release
		}()
	}
	held.Wait()
	close(release)
	done.Wait()
}
