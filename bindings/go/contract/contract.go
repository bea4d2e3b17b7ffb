// Package contract compares contracts of weir libraries: what changed between the one that a client
// was generated from and that of the library it meets, and whether the client works with it.
//
// It is the Go form of the sdk's diffContracts (weir diff). Both are held to the golden vectors
// under sdk/vectors.
package contract

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Change is one difference between two contracts.
type Change struct {
	// Path is a JSON pointer: into the new one, or into the old one for what was removed.
	Path       string `json:"path"`
	Change     string `json:"change"` // what changed, in a few words
	Compatible bool   `json:"compatible"`
	Why        string `json:"why"` // why it is, or is not, compatible
}

// String is the path, the change and the reason in one line.
func (c Change) String() string { return c.Path + ": " + c.Change + ": " + c.Why }

// DepthMax bounds the arrays and objects within each other of a contract, as weir build does.
const DepthMax = 64

// Diff says what changed from one contract document to another, both JSON: nothing, when there is
// no difference that a host could notice. Changes stand in the order of the names in the documents.
//
// It fails when a document is not JSON, or not a contract.
func Diff(before, after []byte) ([]Change, error) {
	old, err := parse(before)
	if err != nil {
		return nil, fmt.Errorf("the old contract: %w", err)
	}
	now, err := parse(after)
	if err != nil {
		return nil, fmt.Errorf("the new contract: %w", err)
	}
	d := documents{before: old, after: now}
	d.schemas = schemas{
		before: old.Defs, after: now.Defs, changes: &d.changes,
		visited: map[string]bool{}, unions: map[string]bool{},
	}
	d.compare()
	return d.changes.all, nil
}

// Breaking gives the changes that break hosts of the old contract.
func Breaking(changes []Change) []Change {
	var breaking []Change
	for _, change := range changes {
		if !change.Compatible {
			breaking = append(breaking, change)
		}
	}
	return breaking
}

// document is a contract; a nil schema stands for no payload.
type document struct {
	Weir    int               `json:"weir"`
	Name    string            `json:"name"`
	Version string            `json:"version"`
	Config  schema            `json:"config"`
	Methods map[string]method `json:"methods"`
	Events  map[string]schema `json:"events"`
	Errors  map[string]schema `json:"errors"`
	Defs    map[string]schema `json:"$defs"`
}

type method struct {
	Input  schema `json:"input"`
	Output schema `json:"output"`
}

// schema is a JSON Schema as encoding/json reads it.
type schema = map[string]any

func parse(text []byte) (*document, error) {
	if depth(text) > DepthMax {
		return nil, fmt.Errorf("nested deeper than %d", DepthMax)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("not a contract: %w", err)
	}
	if d.Weir != 1 {
		return nil, fmt.Errorf("not a contract: /weir is not 1, the only form that is known")
	}
	return &d, nil
}

// depth counts arrays and objects within each other, of a text that may be anything.
func depth(text []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '{' || c == '['):
			now++
			deepest = max(deepest, now)
		case !quoted && (c == '}' || c == ']'):
			now--
		}
	}
	return deepest
}

// pointer makes a JSON pointer (RFC 6901) of keys.
func pointer(path []string) string {
	var text strings.Builder
	for _, key := range path {
		text.WriteByte('/')
		text.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
	}
	return text.String()
}
