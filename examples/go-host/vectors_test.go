package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// The golden vectors of the wire: what the sdk, and every other implementation, agrees on. See the
// README beside them.
const vectorFile = "../../sdk/vectors/cbor.json"

type vectors struct {
	Valid []struct {
		Name       string
		Hex        hexText
		Value      vectorValue
		DecodeOnly bool
	}
	Refused []struct {
		Name string
		Hex  hexText
	}
	UnknownKeys []struct {
		Name  string
		Hex   hexText
		Known []string
		Value vectorValue
	}
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheWireOfValidVectors(t *testing.T) {
	decode, encode := wireModes(t)
	for _, vector := range readVectors(t).Valid {
		var decoded any
		if err := decode.Unmarshal(vector.Hex, &decoded); err != nil {
			t.Errorf("%s: %v", vector.Name, err)
			continue
		}
		if err := vector.Value.equals(decoded); err != nil {
			t.Errorf("%s: %v", vector.Name, err)
		}
		if vector.DecodeOnly {
			continue
		}
		encoded, err := encode.Marshal(vector.Value.make(encode))
		if err != nil || !bytes.Equal(encoded, vector.Hex) {
			t.Errorf("%s: encoded as %.40x, %v", vector.Name, encoded, err)
		}
	}
}

// lenient names what this decoder takes though the wire has no such things. No library sends them,
// so that a host need not refuse them; a client that did would read every payload twice.
var lenient = map[string]bool{
	"null as key":                    true, // as the empty key
	"self-described CBOR, tag 55799": true, // as if the tag were not there
	"a bignum of 65 bytes":           true, // as the number that it is
}

func TestTheWireRefusesWhatCannotBe(t *testing.T) {
	decode, _ := wireModes(t)
	for _, vector := range readVectors(t).Refused {
		var decoded any
		err := decode.Unmarshal(vector.Hex, &decoded)
		if err == nil {
			err = refuseTags(decoded)
		}
		if (err == nil) != lenient[vector.Name] {
			t.Errorf("%s: decoded as %.60T, %v", vector.Name, decoded, err)
		}
	}
}

func TestUnknownKeysAreSkipped(t *testing.T) {
	decode, _ := wireModes(t)
	for _, vector := range readVectors(t).UnknownKeys {
		fields := make([]reflect.StructField, len(vector.Known))
		for i, key := range vector.Known {
			fields[i] = reflect.StructField{
				Name: "F" + strconv.Itoa(i),
				Type: reflect.TypeOf((*any)(nil)).Elem(),
				Tag:  reflect.StructTag(`cbor:"` + key + `"`),
			}
		}
		decoded := reflect.New(reflect.StructOf(fields))
		if err := decode.Unmarshal(vector.Hex, decoded.Interface()); err != nil {
			t.Errorf("%s: %v", vector.Name, err)
			continue
		}
		known := map[string]any{}
		for i, key := range vector.Known {
			known[key] = decoded.Elem().Field(i).Interface()
		}
		if err := vector.Value.equals(known); err != nil {
			t.Errorf("%s: %v", vector.Name, err)
		}
	}
}

// wireModes are the options of the wire, as a generated client has them.
func wireModes(t *testing.T) (cbor.DecMode, cbor.EncMode) {
	t.Helper()
	decode, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		MaxNestedLevels:  64,
		MaxArrayElements: math.MaxInt32,
		MaxMapPairs:      math.MaxInt32,
		BigIntDec:        cbor.BigIntDecodeValue,
		DefaultMapType:   reflect.TypeOf(map[string]any(nil)),
	}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	encode, err := cbor.EncOptions{NaNConvert: cbor.NaNConvertNone, InfConvert: cbor.InfConvertNone}.
		EncMode()
	if err != nil {
		t.Fatal(err)
	}
	return decode, encode
}

// refuseTags: a value without a type keeps tags that it does not know; a typed field refuses them.
func refuseTags(value any) error {
	switch value := value.(type) {
	case nil, bool, uint64, int64, float64, string, []byte, big.Int:
		return nil
	case []any:
		for _, item := range value {
			if err := refuseTags(item); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		for _, item := range value {
			if err := refuseTags(item); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%T is no value of the wire", value)
}

// hexText is a text of hexadecimal digits, or a list of such texts and [text, times].
type hexText []byte

func (h *hexText) UnmarshalJSON(text []byte) error {
	var parts []json.RawMessage
	if text[0] != '[' {
		parts = []json.RawMessage{text}
	} else if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	for _, part := range parts {
		var digits string
		times := 1
		if part[0] != '[' {
			if err := json.Unmarshal(part, &digits); err != nil {
				return err
			}
		} else if err := json.Unmarshal(part, &[]any{&digits, &times}); err != nil {
			return err
		}
		data, err := hex.DecodeString(digits)
		if err != nil {
			return err
		}
		*h = append(*h, bytes.Repeat(data, times)...)
	}
	return nil
}

// vectorValue is a value in the vectors' own form: one of its members is set.
type vectorValue struct {
	Int, Float, Text, Bytes *string
	Bool                    *bool
	Null                    json.RawMessage
	Repeat                  int
	Array                   *[]vectorValue
	Map                     *[]vectorPair
	Deep                    string
	Levels                  int
}

type vectorPair struct {
	key   string
	value vectorValue
}

func (p *vectorPair) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&p.key, &p.value})
}

// equals says how a decoded value differs.
func (v *vectorValue) equals(decoded any) error {
	want := v.make(nil)
	if float, ok := want.(float64); ok {
		if got, ok := decoded.(float64); !ok || math.Float64bits(got) != math.Float64bits(float) {
			return fmt.Errorf("%v (%T) instead of %v", decoded, decoded, float)
		}
		return nil
	}
	if number, ok := want.(*big.Int); ok {
		if fmt.Sprint(decoded) != number.String() && !isBig(decoded, number) {
			return fmt.Errorf("%v (%T) instead of %v", decoded, decoded, number)
		}
		return nil
	}
	return v.equalsWithin(want, decoded)
}

func (v *vectorValue) equalsWithin(want, decoded any) error {
	different := fmt.Errorf("%.60v (%T) instead of %.60v", decoded, decoded, want)
	switch {
	case v.Array != nil:
		items, ok := decoded.([]any)
		if !ok || len(items) != len(*v.Array) {
			return different
		}
		for i := range items {
			if err := (*v.Array)[i].equals(items[i]); err != nil {
				return fmt.Errorf("item %d: %w", i, err)
			}
		}
	case v.Map != nil:
		members, ok := decoded.(map[string]any)
		if !ok || len(members) != len(*v.Map) {
			return different
		}
		for _, pair := range *v.Map {
			if err := pair.value.equals(members[pair.key]); err != nil {
				return fmt.Errorf("%q: %w", pair.key, err)
			}
		}
	case !reflect.DeepEqual(want, decoded):
		return different
	}
	return nil
}

func isBig(decoded any, number *big.Int) bool {
	got, ok := decoded.(big.Int)
	return ok && got.Cmp(number) == 0
}

// make gives the value; an encoder keeps the order of a map's keys, which a Go map has not.
func (v *vectorValue) make(encode cbor.EncMode) any {
	switch {
	case v.Int != nil:
		number, _ := new(big.Int).SetString(*v.Int, 10)
		return number
	case v.Float != nil:
		return parseFloat(*v.Float)
	case v.Bool != nil:
		return *v.Bool
	case v.Text != nil:
		return strings.Repeat(*v.Text, max(1, v.Repeat))
	case v.Bytes != nil:
		data, _ := hex.DecodeString(*v.Bytes)
		return bytes.Repeat(data, max(1, v.Repeat))
	case v.Array != nil:
		items := make([]any, len(*v.Array))
		for i := range items {
			items[i] = (*v.Array)[i].make(encode)
		}
		return items
	case v.Map != nil:
		return v.makeMap(encode)
	case v.Deep != "":
		return makeDeep(v.Deep, v.Levels)
	}
	return nil
}

func (v *vectorValue) makeMap(encode cbor.EncMode) any {
	if encode == nil {
		members := map[string]any{}
		for _, pair := range *v.Map {
			members[pair.key] = pair.value.make(nil)
		}
		return members
	}
	head, err := encode.Marshal(uint64(len(*v.Map)))
	head[0] |= 0xa0 // the major type of maps
	for _, pair := range *v.Map {
		key, keyError := encode.Marshal(pair.key)
		value, valueError := encode.Marshal(pair.value.make(encode))
		head = append(append(head, key...), value...)
		err = errors.Join(err, keyError, valueError)
	}
	if err != nil {
		return err
	}
	return cbor.RawMessage(head)
}

func makeDeep(kind string, levels int) any {
	if kind == "array" {
		value := []any{}
		for i := 1; i < levels; i++ {
			value = []any{value}
		}
		return value
	}
	value := map[string]any{}
	for i := 1; i < levels; i++ {
		value = map[string]any{"a": value}
	}
	return value
}

func parseFloat(text string) float64 {
	switch text {
	case "NaN": // that of the vectors; math.NaN has a bit more
		return math.Float64frombits(0x7ff8_0000_0000_0000)
	case "-0":
		return math.Copysign(0, -1)
	}
	number, _ := strconv.ParseFloat(text, 64)
	return number
}
