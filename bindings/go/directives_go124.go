//go:build go1.24

package weir

// From Go 1.24 cgo can be told that a C function keeps none of its arguments (noescape), so that
// they may stay on the goroutine's stack, and that it never calls Go (nocallback). Whatever touches
// a queue may call its notify function on the calling thread, so almost none is marked nocallback.

/*
#include "bridge.h"
#cgo noescape weirgo_library_method
#cgo nocallback weirgo_library_method
#cgo noescape weirgo_queue_drain
#cgo noescape weirgo_queue_wait
#cgo noescape weirgo_context_create
#cgo noescape weirgo_context_create_queued
#cgo noescape weirgo_context_listen
#cgo noescape weirgo_request_send
#cgo noescape weirgo_request_send_all
#cgo noescape weir_records_release
*/
import "C"
