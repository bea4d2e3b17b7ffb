package weir

/*
#include "bridge.h"
*/
import "C"

import "unsafe"

// LibraryInfo is what a library says of itself.
type LibraryInfo struct {
	Name, Version string
	Engine        string // "native" or "node"
	Methods       int
	Contract      string // the contract document, as JSON; "" for a native library
	ContractHash  string // of the contract but for its version: 64 hexadecimal digits, or ""
}

// Info describes the library. It fails with ErrStaleHandle when the library is closed.
func (l *Library) Info() (LibraryInfo, error) {
	if !l.retain() {
		return LibraryInfo{}, statusError("library info", C.WEIR_ERR_STALE_HANDLE)
	}
	defer l.release()
	return l.describe()
}

// describe is Info for a caller that keeps the handle.
func (l *Library) describe() (LibraryInfo, error) {
	info := C.weir_library_info{struct_size: C.sizeof_weir_library_info}
	if status := C.weir_library_describe(l.handle, &info); status != C.WEIR_OK {
		return LibraryInfo{}, statusError("library info", status)
	}
	text := func(start *C.char, length C.size_t) string {
		return copyText(unsafe.Pointer(start), length)
	}
	return LibraryInfo{
		Name:         text(info.name, info.name_length),
		Version:      text(info.version, info.version_length),
		Engine:       text(info.engine, info.engine_length),
		Methods:      int(info.method_count),
		Contract:     text(info.contract, info.contract_length),
		ContractHash: text(info.contract_hash, info.contract_hash_length),
	}, nil
}
