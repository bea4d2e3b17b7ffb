package contract

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

// The golden vectors, which the sdk's tests use too; see the README beside them.
const vectorFile = "../../../sdk/vectors/contract-diff.json"

type vectors struct {
	Documents []struct {
		Name    string
		Was, Is map[string]any
		Changes []Change
	}
	Schemas []struct {
		Name            string
		Was, Is         schema
		WasDefs, IsDefs map[string]any
		Sent, Got       []Change
	}
}

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	text, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Documents) == 0 || len(v.Schemas) == 0 {
		t.Fatal("there are no vectors")
	}
	return v
}

// contractWith is an empty contract but for these parts.
func contractWith(t *testing.T, parts map[string]any) []byte {
	t.Helper()
	all := map[string]any{
		"weir": 1, "name": "a", "config": nil,
		"methods": schema{}, "events": schema{}, "errors": schema{},
	}
	for name, part := range parts {
		all[name] = part
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func expect(t *testing.T, before, after []byte, want []Change) {
	t.Helper()
	got, err := Diff(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestDocuments(t *testing.T) {
	for _, v := range readVectors(t).Documents {
		t.Run(v.Name, func(t *testing.T) {
			expect(t, contractWith(t, v.Was), contractWith(t, v.Is), v.Changes)
		})
	}
}

func TestSchemas(t *testing.T) {
	for _, v := range readVectors(t).Schemas {
		t.Run(v.Name, func(t *testing.T) {
			with := func(input, output schema, definitions map[string]any) []byte {
				m := map[string]any{"input": input, "output": output}
				return contractWith(t, map[string]any{"methods": schema{"m": m}, "$defs": definitions})
			}
			expect(t, with(v.Was, nil, v.WasDefs), with(v.Is, nil, v.IsDefs), v.Sent)
			expect(t, with(nil, v.Was, v.WasDefs), with(nil, v.Is, v.IsDefs), v.Got)
		})
	}
}

func TestWhatIsNoContractIsRefused(t *testing.T) {
	good := contractWith(t, nil)
	deep := strings.Repeat("[", 1<<20)
	for text, want := range map[string]string{
		"":                            "not a contract",
		"{}":                          "/weir is not 1",
		`{"weir":2}`:                  "/weir is not 1",
		`{"weir":1,"methods":[]}`:     "not a contract",
		deep:                          "nested deeper than 64",
		`{"weir":1,"config":"` + deep: "not a contract",
	} {
		for _, pair := range [][2][]byte{{[]byte(text), good}, {good, []byte(text)}} {
			if _, err := Diff(pair[0], pair[1]); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%.20q: %v", text, err)
			}
		}
	}
}

func TestBreakingChangesAreFoundAndReadable(t *testing.T) {
	changes := []Change{
		{"/a", "new method", true, "x"}, {"/b", "method removed", false, "hosts call it"},
	}
	breaking := Breaking(changes)
	if len(breaking) != 1 || breaking[0].String() != "/b: method removed: hosts call it" {
		t.Error(breaking)
	}
}

// Documents come from files: whatever is in them, there is an answer.
func FuzzDiff(f *testing.F) {
	f.Add([]byte(`{"weir":1,"methods":{"m":{"input":{"type":["string","null"]}}}}`),
		[]byte(`{"weir":1,"methods":{"m":{"input":{"anyOf":[{"$ref":"#/$defs/A"}]}}},`+
			`"$defs":{"A":{"items":{"$ref":"#/$defs/A"},"additionalProperties":[]}}}`))
	f.Add([]byte(`{"weir":1,"config":{"enum":[1,"a"],"prefixItems":[1,{}],"required":3}}`),
		[]byte(`{"weir":1,"config":{"const":null,"prefixItems":[{},1],"required":["a"]}}`))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		changes, err := Diff(before, after)
		if err != nil && changes != nil {
			t.Error("changes beside an error")
		}
	})
}
