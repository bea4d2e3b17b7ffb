package weir

import (
	"fmt"
	"strings"

	"github.com/weir-ffi/weir-go/contract"
)

// Contract is what a generated client knows of the contract that it was made from.
type Contract struct {
	Name, Version string // of the library
	Hash          string // of the document but for its version: 64 hexadecimal digits
	Document      string // JSON
}

// RequireContract says whether a client of this contract works with the library. It does when the
// hashes are equal, and when all that changed between the two contracts is compatible, as weir diff
// has it. A native library need not have a contract: then only the name is compared. The answer is
// kept, so asking again costs no more than a look.
//
// It fails with ErrContractMismatch, whose Differences and message list what does not fit, and with
// ErrStaleHandle when the library is closed and no pool uses it.
func (l *Library) RequireContract(expected Contract) error {
	known, there := l.checked.Load(expected.Hash)
	if !there {
		if !l.retainUsed() {
			return &Error{Op: "contract", Code: ErrStaleHandle}
		}
		defer l.release()
		info, err := l.describe()
		if err != nil {
			return err
		}
		known = mismatch(&expected, &info)
		l.checked.Store(expected.Hash, known)
	}
	if e := known.(*Error); e != nil {
		return e
	}
	return nil
}

// mismatch is nil when the client fits the library.
func mismatch(expected *Contract, loaded *LibraryInfo) *Error {
	if expected.Hash == loaded.ContractHash {
		return nil
	}
	e := &Error{Op: "contract", Code: ErrContractMismatch}
	e.Message = fmt.Sprintf("the client is of %s %s, the library loaded is %s %s",
		expected.Name, expected.Version, loaded.Name, loaded.Version)
	if loaded.Contract == "" {
		if expected.Name == loaded.Name {
			return nil
		}
		return e
	}
	changes, err := contract.Diff([]byte(expected.Document), []byte(loaded.Contract))
	if err != nil {
		e.causes = append(e.causes, err)
		e.Message += ": " + err.Error()
		return e
	}
	e.Differences = contract.Breaking(changes)
	if len(e.Differences) == 0 {
		return nil
	}
	e.Message += differences(e.Differences)
	return e
}

// differences is a line for each.
func differences(all []contract.Change) string {
	var text strings.Builder
	for _, one := range all {
		text.WriteString("\n  " + one.String())
	}
	return text.String()
}
