/** contract.ts: what a Go client was generated from, and whether a library fits. */

import type { Model } from '../model.js';
import { quote } from './client.js';

const REST = `
//go:embed contract.json
var document string

// contract is what a library has to do for this client.
var contract = weir.Contract{
	Name: LibraryName, Version: LibraryVersion, Hash: ContractHash, Document: document,
}

// Open loads the library at an absolute path; see weir.Open. A library of another contract is
// opened when all that changed is compatible; else Open fails as CheckContract does.
func Open(path string) (*weir.Library, error) {
	library, err := weir.Open(path)
	if err != nil {
		return nil, err
	}
	if err := CheckContract(library); err != nil {
		_ = library.Close()
		return nil, err
	}
	return library, nil
}

// CheckContract says whether this client works with a library, which need not be of the version
// that the client was generated from. It fails with weir.ErrContractMismatch and a list of what
// does not fit; see weir.Library.RequireContract.
func CheckContract(library *weir.Library) error { return library.RequireContract(contract) }
`;

/** The body of contract.go, below its imports. */
export const printContract = (model: Model): string => `// What the client was generated from.
const (
	LibraryName    = ${quote(model.name)}
	LibraryVersion = ${quote(model.version)}
	ContractHash   = ${quote(model.hash)}
)
${REST}`;

/** contract.json, which contract.go embeds. */
export const contractFile = ({ document }: Model): string =>
  `${JSON.stringify(document, undefined, 2)}\n`;
