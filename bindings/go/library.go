package weir

/*
#include "bridge.h"
*/
import "C"

import (
	"sync"
	"sync/atomic"
)

// Library is a loaded library. Its code is never unloaded.
type Library struct {
	handle     C.weir_handle
	methods    atomic.Pointer[map[string]C.uint32_t] // replaced, never changed
	checked    sync.Map                              // of RequireContract: an *Error or nil by hash
	submitFrom int32                                 // see the function

	lock   sync.Mutex
	closed bool
	users  int // the pools, and 1 until Close: the last one gives the handle up
}

// Open loads the library at an absolute path.
//
// It fails with ErrLibraryNotFound when there is no such file, with ErrLibraryInvalid when it is
// not a weir library, with ErrVersionMismatch when it was built for another version of weir's ABI,
// and with ErrInvalidArgument when the path is not absolute.
func Open(path string) (*Library, error) {
	if core := uint32(C.weir_abi_version()); core != C.WEIR_ABI_VERSION {
		e := statusError("open", C.WEIR_ERR_VERSION_MISMATCH)
		e.Message = "this package was built for another ABI version of libweir than the one loaded"
		return nil, e
	}
	result := C.weirgo_library_load(textPointer(path), C.size_t(len(path)))
	if result.status != C.WEIR_OK {
		return nil, newError("open", result)
	}
	library := &Library{handle: C.weir_handle(result.value), users: 1}
	library.methods.Store(&map[string]C.uint32_t{})
	info, err := library.describe()
	if err != nil {
		library.Close()
		return nil, err
	}
	library.submitFrom = submitFrom(info.Engine)
	return library, nil
}

// Close gives up the library: no more pools can be made. Those that were made go on. Closing twice
// is no error.
func (l *Library) Close() error {
	l.lock.Lock()
	open := !l.closed
	l.closed = true
	l.lock.Unlock()
	if open {
		l.release()
	}
	return nil
}

// retain keeps the handle for a pool. It is false when the library is closed.
func (l *Library) retain() bool {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.closed {
		return false
	}
	l.users++
	return true
}

// retainUsed is retain, but also of a closed library that pools use.
func (l *Library) retainUsed() bool {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.users == 0 {
		return false
	}
	l.users++
	return true
}

func (l *Library) release() {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.users--; l.users == 0 {
		C.weir_library_close(l.handle)
	}
}

// method is the number of a method: from a map that readers use without a lock, or, the first time,
// from the library. Names that the library does not know are not remembered.
func (l *Library) method(name string) (C.uint32_t, *Error) {
	if number, ok := (*l.methods.Load())[name]; ok {
		return number, nil
	}
	result := C.weirgo_library_method(l.handle, textPointer(name), C.size_t(len(name)))
	if result.status != C.WEIR_OK {
		return 0, newError("request", result)
	}
	number := C.uint32_t(result.value)
	l.lock.Lock()
	defer l.lock.Unlock()
	old := *l.methods.Load()
	methods := make(map[string]C.uint32_t, len(old)+1)
	for known, n := range old {
		methods[known] = n
	}
	methods[name] = number
	l.methods.Store(&methods)
	return number, nil
}

// Version is the version of the core that the program runs with, such as "1.2.3".
func Version() string { return C.GoString(C.weir_version()) }
