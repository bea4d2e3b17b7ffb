package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unsafe"

	"github.com/weir-ffi/weir-go/contract"
)

// Code is a status of weir. Each code is an error, so that errors.Is(err, weir.ErrStaleHandle)
// holds for every error that carries it. Values never change their meaning; docs/errors.md of weir
// explains each.
type Code int32

// The codes. An error that this package returns is an *Error with one of them.
const (
	ErrInvalidArgument Code = C.WEIR_ERR_INVALID_ARGUMENT  // a value that cannot be
	ErrStaleHandle     Code = C.WEIR_ERR_STALE_HANDLE      // used after Close or Destroy
	ErrForked          Code = C.WEIR_ERR_FORKED            // used in a forked child
	ErrNoMemory        Code = C.WEIR_ERR_NO_MEMORY         // nothing was changed
	ErrNoResources     Code = C.WEIR_ERR_NO_RESOURCES      // no thread or descriptor to be had
	ErrPoolExhausted   Code = C.WEIR_ERR_POOL_EXHAUSTED    // every slot is in use
	ErrQueueFull       Code = C.WEIR_ERR_QUEUE_FULL        // too much in flight; try again later
	ErrTooLarge        Code = C.WEIR_ERR_TOO_LARGE         // longer than a limit
	ErrBadUTF8         Code = C.WEIR_ERR_BAD_UTF8          // a name or a tag is not UTF-8
	ErrUnknownMethod   Code = C.WEIR_ERR_UNKNOWN_METHOD    // the library has no such method
	ErrWouldDeadlock   Code = C.WEIR_ERR_WOULD_DEADLOCK    // it would wait for itself
	ErrTimedOut        Code = C.WEIR_ERR_TIMED_OUT         // the time given was used up
	ErrCanceled        Code = C.WEIR_ERR_CANCELED          // by its context.Context, or by Destroy
	ErrClosed          Code = C.WEIR_ERR_CLOSED            // closed before the work began
	ErrCreateFailed    Code = C.WEIR_ERR_CREATE_FAILED     // the library's create failed
	ErrHandler         Code = C.WEIR_ERR_HANDLER           // the library's handler failed
	ErrInterrupted     Code = C.WEIR_ERR_INTERRUPTED       // the handler was stopped
	ErrVersionMismatch Code = C.WEIR_ERR_VERSION_MISMATCH  // host, core and library do not fit
	ErrLibraryNotFound Code = C.WEIR_ERR_LIBRARY_NOT_FOUND // no file at this path
	ErrLibraryInvalid  Code = C.WEIR_ERR_LIBRARY_INVALID   // the file is not a weir library
	ErrBusy            Code = C.WEIR_ERR_BUSY              // still in use
	ErrTooDeep         Code = C.WEIR_ERR_TOO_DEEP          // callbacks nested too deep
	ErrEngineMissing   Code = C.WEIR_ERR_ENGINE_MISSING    // the library's engine is not installed
	ErrInstanceEnded   Code = C.WEIR_ERR_INSTANCE_ENDED    // the library ended its own instance

	// ErrContractMismatch: the library does not do what a generated client expects of it.
	ErrContractMismatch Code = C.WEIR_ERR_CONTRACT_MISMATCH
)

// String is the constant's name as weir spells it, such as "STALE_HANDLE".
func (c Code) String() string { return C.GoString(C.weir_status_name(C.weir_status(c))) }

// Error makes a Code usable as the target of errors.Is.
func (c Code) Error() string {
	return "weir: " + strings.ReplaceAll(strings.ToLower(c.String()), "_", " ")
}

// Error is what every function of this package fails with.
//
// errors.Is(err, code) compares the Code. When the caller's context.Context ended first,
// errors.Is(err, context.Canceled) or errors.Is(err, context.DeadlineExceeded) holds as well, and
// so does errors.Is with its cause.
type Error struct {
	Op      string // what failed: "open", "create", "request" …
	Code    Code
	Message string // in words; of ErrHandler and ErrCreateFailed the library's own

	// Library is what a library in TypeScript says beside the message, or nil.
	Library *LibraryError

	// Differences are, with ErrContractMismatch, those changes of the contract that do not fit.
	Differences []contract.Change

	// The pool's counts, set with ErrPoolExhausted and when Create waited in vain.
	SlotsTotal, SlotsIdle, SlotsActive, SlotsQuarantined, Waiting int

	causes []error
}

// Error is "weir: operation: CODE: message", with the library's own code before the message.
func (e *Error) Error() string {
	text := "weir: " + e.Op + ": " + e.Code.String()
	if e.Library != nil && e.Library.Code != "" {
		text += ": " + e.Library.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Is reports whether target is the error's Code.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap gives what the error came from: the context.Context's error, for example.
func (e *Error) Unwrap() []error { return e.causes }

// newError makes the Error of a result that is not OK, and frees what C allocated for it.
func newError(op string, result C.weirgo_result) *Error {
	e := &Error{Op: op, Code: Code(result.status)}
	if detail := result.error; detail != nil {
		e.SlotsTotal = int(detail.slots_total)
		e.SlotsIdle = int(detail.slots_idle)
		e.SlotsActive = int(detail.slots_active)
		e.SlotsQuarantined = int(detail.slots_quarantined)
		e.Waiting = int(detail.waiting)
		length := detail.message_length
		if length >= C.WEIR_ERROR_MESSAGE_SIZE {
			length = C.WEIR_ERROR_MESSAGE_SIZE - 1
		}
		e.Message = copyText(unsafe.Pointer(&detail.message[0]), C.size_t(length))
		C.free(unsafe.Pointer(detail))
	}
	return e
}

// statusError is newError for functions without a weir_error.
func statusError(op string, status C.weir_status) *Error {
	return &Error{Op: op, Code: Code(status)}
}

// contextError is the error of an operation whose context.Context ended first.
func contextError(op string, ctx context.Context) *Error {
	e := &Error{Op: op, Code: ErrCanceled, causes: []error{ctx.Err()}}
	if ctx.Err() == context.DeadlineExceeded {
		e.Code = ErrTimedOut
	}
	e.Message = ctx.Err().Error()
	if cause := context.Cause(ctx); cause != ctx.Err() {
		e.causes = append(e.causes, cause)
		e.Message = fmt.Sprintf("%s: %s", e.Message, cause)
	}
	return e
}

// deadlinePassed links a TIMED_OUT to context.DeadlineExceeded when it was the caller's deadline
// that weir kept: weir's timer may fire a moment before that of ctx.
func deadlinePassed(e *Error, ctx context.Context) {
	deadline, ok := ctx.Deadline()
	if ok && e.Code == ErrTimedOut && !time.Now().Before(deadline) {
		e.causes = append(e.causes, context.DeadlineExceeded)
	}
}
