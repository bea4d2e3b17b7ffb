package weir

import (
	"bytes"
	"encoding/json"
)

// LibraryError is what a library in TypeScript says about a failure beside its message.
type LibraryError struct {
	Code    string          `json:"code"`    // an error that the library declares, such as "SYNTAX"
	Details json.RawMessage `json:"details"` // as the contract says for that code
	Path    string          `json:"path"`    // where an input is not as its schema says: "/items/3"
	Stack   string          `json:"stack"`   // when the library is told to send it
}

// failureError is the Error of a failed response: a text, and optionally a zero byte and a JSON
// document.
func failureError(op string, status Code, data []byte) *Error {
	message, document, more := bytes.Cut(data, []byte{0})
	e := &Error{Op: op, Code: status, Message: string(message)}
	if !more {
		return e
	}
	var said LibraryError
	if json.Unmarshal(document, &said) != nil {
		e.Message = string(data) // not of this form: a native library may write what it likes
		return e
	}
	e.Library = &said
	return e
}
