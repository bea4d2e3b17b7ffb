package weir

import (
	"fmt"
	"log"
	"runtime"
	"strings"
)

// This file reports what was dropped without Close: to PoolOptions.OnNotice, or else to the log of
// the program. How that is noticed is in leak_go124.go.

// callers are the innermost frames outside of this package when something was made.
type callers [4]uintptr

// callersOf gives the callers from the frame on that is `skip` above the one that calls it.
func callersOf(skip int) (frames callers) {
	runtime.Callers(skip+2, frames[:])
	return frames
}

// String is "main.serve (/src/main.go:12), called by main.main (/src/main.go:7)".
func (c *callers) String() string {
	var text strings.Builder
	frames := runtime.CallersFrames(c[:])
	for {
		frame, more := frames.Next()
		if frame.Function == "" {
			break
		}
		if text.Len() > 0 {
			text.WriteString(", called by ")
		}
		fmt.Fprintf(&text, "%s (%s:%d)", frame.Function, frame.File, frame.Line)
		if !more {
			break
		}
	}
	return text.String()
}

// leaked closes a lease whose Context was dropped, and reports that.
func (l *lease) leaked() {
	l.lock.Lock()
	ended := l.ended
	l.lock.Unlock()
	if ended {
		return
	}
	name := "a context"
	if l.tag != "" {
		name = fmt.Sprintf("the context %q", l.tag)
	}
	message := fmt.Sprintf("%s was dropped without Close; it was made by %s", name, &l.maker)
	if err := l.begin(); err != nil {
		message += fmt.Sprintf("; closing it: %v", err)
	}
	l.pool.notify(Notice{Kind: NoticeContextLeaked, Message: message})
}

// leaked closes the state of a Pool that was dropped, and reports that.
func (p *poolState) leaked() {
	first := false
	p.once.Do(func() { first = true })
	if !first {
		return
	}
	p.close()
	message := fmt.Sprintf("a pool was dropped without Close; it was made by %s", &p.maker)
	if p.err != nil {
		message += fmt.Sprintf("; closing it: %v", p.err)
	}
	p.notify(Notice{Kind: NoticePoolLeaked, Message: message})
}

// notify tells of what the garbage collector found.
func (p *poolState) notify(n Notice) {
	if p.onNotice != nil {
		p.onNotice(n)
		return
	}
	log.Printf("weir: %s", n.Message)
}
