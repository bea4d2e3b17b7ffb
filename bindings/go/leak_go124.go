//go:build go1.24

package weir

import (
	"runtime"
	"weak"
)

// contextRef leads to a Context without keeping it in use.
type contextRef = weak.Pointer[Context]

func refer(c *Context) contextRef { return weak.Make(c) }

// Cleanups share one goroutine, which closing and OnNotice must not hold up.

func watchContext(c *Context) {
	runtime.AddCleanup(c, func(l *lease) { go l.leaked() }, c.lease)
}

func watchPool(p *Pool) {
	runtime.AddCleanup(p, func(state *poolState) { go state.leaked() }, p.state)
}
