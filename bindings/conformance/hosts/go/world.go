package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"time"

	weir "github.com/weir-ffi/weir-go"
)

// patience only ends a scenario that has failed already.
const (
	patience  = 10 * time.Second
	lookEvery = time.Millisecond
)

// lease is a context, or a Create that waits for one.
type lease struct {
	context *weir.Context
	cancel  context.CancelFunc
	created chan struct{} // closed when `context` or `err` is set
	err     error
	notices []weir.Notice // guarded by the world's lock
}

// called is a request: the goroutine that waits in it ends with `done`.
type called struct {
	cancel context.CancelFunc
	done   chan struct{}
	data   []byte
	err    error
}

type listener struct {
	weir  *weir.Listener
	ready chan struct{} // closed when `weir` is set
	heard []weir.Event  // guarded by the world's lock
}

// world is the library and the pool of one scenario, and what was delivered. Beside what a scenario
// says it checks that no object of weir is left at the end.
type world struct {
	library *weir.Library
	pool    *weir.Pool

	lock        sync.Mutex
	objects     map[string]any
	differences []string
}

func newWorld(path string, options map[string]any) (*world, error) {
	w := &world{objects: map[string]any{}}
	poolOptions, err := poolOptionsOf(options)
	if err != nil {
		return nil, err
	}
	poolOptions.OnNotice = w.onNotice
	if w.library, err = weir.Open(path); err != nil {
		return nil, err
	}
	if w.pool, err = w.library.NewPool(poolOptions); err != nil {
		return nil, errors.Join(err, w.library.Close())
	}
	return w, nil
}

// end closes all and looks that nothing is left.
func (w *world) end() error {
	err := w.pool.Close()
	w.library.Close()
	if err != nil {
		return fmt.Errorf("the pool's close: %w", err)
	}
	var live weir.ProcessStats
	left := eventually(func() bool {
		live, err = weir.GetProcessStats()
		return err == nil && reflect.ValueOf(live).IsZero()
	})
	if !left {
		return fmt.Errorf("left behind: %+v %v", live, err)
	}
	return nil
}

func eventually(condition func() bool) bool {
	end := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(end) {
			return false
		}
		time.Sleep(lookEvery)
	}
	return true
}

func (w *world) add(name string, object any) error {
	w.lock.Lock()
	defer w.lock.Unlock()
	if _, ok := w.objects[name]; ok {
		return fmt.Errorf("the name %s is given twice", name)
	}
	w.objects[name] = object
	return nil
}

func find[T any](w *world, name string) (T, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	object, ok := w.objects[name].(T)
	if !ok {
		return object, fmt.Errorf("nothing is named %s", name)
	}
	return object, nil
}

func (w *world) differs(what string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.differences = append(w.differences, what)
}

func (w *world) allDifferences() []string {
	w.lock.Lock()
	defer w.lock.Unlock()
	return append([]string{}, w.differences...)
}

// waitFor waits until `condition`, which runs under the lock.
func (w *world) waitFor(what string, condition func() bool) error {
	held := eventually(func() bool {
		w.lock.Lock()
		defer w.lock.Unlock()
		return condition()
	})
	if !held {
		return fmt.Errorf("waited in vain: %s", what)
	}
	return nil
}

func waitClosed(what string, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("waited in vain: %s", what)
	}
}

func (w *world) onNotice(notice weir.Notice) {
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, object := range w.objects {
		if l, ok := object.(*lease); ok && l.context == notice.Context {
			l.notices = append(l.notices, notice)
		}
	}
}

func waitForFile(path string) error {
	exists := func() bool {
		_, err := os.Stat(path)
		return err == nil
	}
	if !eventually(exists) {
		return fmt.Errorf("waited in vain for a gate: %s", filepath.Base(path))
	}
	return nil
}

func standAtGate(path string) error {
	if err := os.WriteFile(path+".reached", nil, 0o600); err != nil {
		return err
	}
	return waitForFile(path + ".open")
}

func openGate(path string) error { return os.WriteFile(path+".open", nil, 0o600) }

// poolOptionsOf finds DrainTime by drain_ms and so on.
func poolOptionsOf(options map[string]any) (weir.PoolOptions, error) {
	var made weir.PoolOptions
	named := map[string]string{
		"drain_ms": "DrainTime", "cancel_ms": "CancelTime", "teardown_ms": "TeardownTime",
		"slow_ms": "SlowAfter", "wedged_ms": "WedgedAfter", "check_ms": "CheckEvery",
	}
	for name, value := range options {
		field := named[name]
		if field == "" {
			field = strings.ReplaceAll(name, "_", "")
		}
		match := func(known string) bool { return strings.EqualFold(known, field) }
		target := reflect.ValueOf(&made).Elem().FieldByNameFunc(match)
		number, isNumber := value.(float64)
		switch {
		case name == "environment":
			made.Isolation = weir.IsolationEnvironment
		case !target.IsValid():
			return made, fmt.Errorf("unknown option of a pool: %s", name)
		case value == "off":
			target.SetInt(int64(weir.Off))
		case target.Kind() == reflect.Bool:
			target.SetBool(value == true)
		case isNumber && strings.HasSuffix(name, "_ms"):
			target.SetInt(int64(number) * int64(time.Millisecond))
		case isNumber:
			target.SetInt(int64(number))
		}
	}
	return made, nil
}
