package weir

/*
#cgo CFLAGS: -I${SRCDIR}/../../cabi/include
#cgo LDFLAGS: -lweir
#include "bridge.h"
*/
import "C"

import (
	"time"
	"unsafe"
)

// This file holds the conversions between Go and C that more than one noun needs. They are small,
// total, and none of them keeps a pointer to Go memory.

// token is what C keeps for us as user_data: the generation and the index of an entry, never a
// pointer. It needs the 64 bits of a uintptr.
type token uint64

const _ = uint64(^uintptr(0)) - uint64(1<<64-1) // weir's tokens need a 64-bit platform

func makeToken(generation, index uint32) token {
	return token(generation)<<32 | token(index)
}

func (t token) generation() uint32 { return uint32(t >> 32) }
func (t token) index() uint32      { return uint32(t) }

// bytesPointer is where the bytes begin, nil when there are none.
func bytesPointer(data []byte) *C.uint8_t {
	if len(data) == 0 {
		return nil
	}
	return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(data)))
}

// textPointer is where the text begins, nil when it is empty.
func textPointer(text string) *C.char {
	if len(text) == 0 {
		return nil
	}
	return (*C.char)(unsafe.Pointer(unsafe.StringData(text)))
}

// copyBytes copies C memory; the result is never nil, so that "no bytes" differs from "no result".
func copyBytes(data unsafe.Pointer, length C.size_t) []byte {
	if length == 0 {
		return []byte{}
	}
	source := unsafe.Slice((*byte)(data), int(length))
	result := make([]byte, len(source))
	copy(result, source)
	return result
}

func copyText(data unsafe.Pointer, length C.size_t) string {
	if length == 0 {
		return ""
	}
	return string(unsafe.Slice((*byte)(data), int(length)))
}

// Off switches an option off that would have a default: PoolOptions{WedgedAfter: weir.Off}.
const Off = -1

// Milliseconds of an option: 0 stays the default, Off (anything negative) is WEIR_OFF, and what is
// shorter than a millisecond counts as one.
func optionMilliseconds(d time.Duration) C.uint32_t {
	switch {
	case d < 0:
		return C.WEIR_OFF
	case d == 0:
		return 0
	}
	return C.uint32_t(milliseconds(d))
}

// milliseconds rounds up, so that C never ends a wait before Go's own deadline, and stays below
// WEIR_FOREVER.
func milliseconds(d time.Duration) uint32 {
	ms := (d + time.Millisecond - 1) / time.Millisecond
	switch {
	case ms < 1:
		return 1
	case ms > 1<<31:
		return 1 << 31
	}
	return uint32(ms)
}
