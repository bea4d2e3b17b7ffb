//go:build !go1.24

package weir

// contextRef keeps its Context in use: before Go 1.24 there is no weak pointer, so that a Context
// that was dropped cannot be told from one that waits. PoolOptions.LeakAfter works all the same.
type contextRef struct{ context *Context }

func (r contextRef) Value() *Context { return r.context }

func refer(c *Context) contextRef { return contextRef{c} }

func watchContext(*Context) {}
func watchPool(*Pool)       {}
