/** support.ts: what every generated Go package has, whatever its contract is. */

/** Encoding: the settings fit what the library's side of weir reads and writes. */
export const WIRE = `var encMode, decMode = modes()

func modes() (cbor.EncMode, cbor.DecMode) {
	enc, err := cbor.EncOptions{NilContainers: cbor.NilContainerAsEmpty}.EncMode()
	if err != nil {
		panic(err)
	}
	dec, err := cbor.DecOptions{
		DefaultMapType:   reflect.TypeOf(map[string]any(nil)),
		IntDec:           cbor.IntDecConvertSignedOrBigInt,
		MaxNestedLevels:  128,
		MaxArrayElements: 1 << 24,
		MaxMapPairs:      1 << 24,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return enc, dec
}

func encode(what string, value any) ([]byte, error) {
	data, err := encMode.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", LibraryName, what, err)
	}
	return data, nil
}

func decode(what string, data []byte, out any) error {
	if err := decMode.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s: %s: %w", LibraryName, what, err)
	}
	return nil
}
`;

export const POINTER = `
// Ptr is a pointer to a value, for fields that may be missing: Ptr(true).
func Ptr[T any](value T) *T { return &value }
`;

export const KINDS = `
const (
	kindOther = iota
	kindNull
	kindBool
	kindInteger
	kindFloat
	kindBytes
	kindText
	kindArray
	kindMap
)

// kindOf looks at the first byte of a CBOR item.
func kindOf(data []byte) int {
	if len(data) == 0 {
		return kindOther
	}
	switch data[0] >> 5 {
	case 0, 1:
		return kindInteger
	case 2:
		return kindBytes
	case 3:
		return kindText
	case 4:
		return kindArray
	case 5:
		return kindMap
	}
	switch data[0] {
	case 0xf4, 0xf5:
		return kindBool
	case 0xf6, 0xf7:
		return kindNull
	case 0xf9, 0xfa, 0xfb:
		return kindFloat
	}
	return kindOther
}
`;

export const JSON_KINDS = `
// jsonKindOf looks at the first byte of a JSON value.
func jsonKindOf(data []byte) int {
	if len(data) == 0 {
		return kindOther
	}
	switch data[0] {
	case 'n':
		return kindNull
	case 't', 'f':
		return kindBool
	case '"':
		return kindText
	case '[':
		return kindArray
	case '{':
		return kindMap
	}
	if bytes.ContainsAny(data, ".eE") {
		return kindFloat
	}
	return kindInteger
}
`;

export const LIBRARY_ERROR = `
// LibraryError is a failure that the library itself reported. errors.As finds it in what a method
// returns, and errors.Is the code of weir, such as weir.ErrHandler.
type LibraryError struct {
	Code    string          // of a declared error, such as "NOT_FOUND"; else ""
	Message string          // plain words
	Path    string          // of a validation error: where in the input, as a JSON pointer
	Details json.RawMessage // of a declared error
	Stack   string          // where the library sends it

	cause error
}

// Error is the message, behind the code if there is one.
func (e *LibraryError) Error() string {
	text := e.Message
	if e.Code != "" {
		text = e.Code + ": " + text
	}
	return LibraryName + ": " + text
}

// Unwrap gives the *weir.Error.
func (e *LibraryError) Unwrap() error { return e.cause }

// failure turns what weir returned into the library's own error, where it is one.
func failure(err error) error {
	var cause *weir.Error
	if !errors.As(err, &cause) {
		return err
	}
	reported := cause.Code == weir.ErrHandler || cause.Code == weir.ErrCreateFailed
	if cause.Library == nil && !reported {
		return err
	}
	library := &LibraryError{Message: cause.Message, cause: cause}
	if said := cause.Library; said != nil {
		library.Code, library.Path = said.Code, said.Path
		library.Details, library.Stack = said.Details, said.Stack
	}
	return declared(library)
}
`;
