package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"testing"
)

// The golden integers: a client has a type of the width at such a place.
const integerFile = "../../sdk/vectors/integers.json"

type integerVector struct{ Format, Hex, Int string }

var integerTypes = map[string]reflect.Type{
	"int8": reflect.TypeOf(int8(0)), "uint8": reflect.TypeOf(uint8(0)),
	"int16": reflect.TypeOf(int16(0)), "uint16": reflect.TypeOf(uint16(0)),
	"int32": reflect.TypeOf(int32(0)), "uint32": reflect.TypeOf(uint32(0)),
	"int64": reflect.TypeOf(int64(0)), "uint64": reflect.TypeOf(uint64(0)),
}

func TestIntegersHaveTheWidthOfTheirPlace(t *testing.T) {
	var vectors struct{ Kept, Refused []integerVector }
	text, err := os.ReadFile(integerFile)
	if err == nil {
		err = json.Unmarshal(text, &vectors)
	}
	if err != nil || len(vectors.Kept) == 0 || len(vectors.Refused) == 0 {
		t.Fatal(err, vectors)
	}
	decode, encode := wireModes(t)
	read := func(v integerVector) (data []byte, value reflect.Value, err error) {
		if data, err = hex.DecodeString(v.Hex); err != nil {
			t.Fatal(err)
		}
		value = reflect.New(integerTypes[v.Format])
		return data, value.Elem(), decode.Unmarshal(data, value.Interface())
	}
	for _, v := range vectors.Kept {
		data, value, err := read(v)
		if err != nil || fmt.Sprint(value) != v.Int {
			t.Errorf("%s %s: %v, %v", v.Format, v.Int, value, err)
		}
		encoded, err := encode.Marshal(value.Interface())
		if err != nil || !bytes.Equal(encoded, data) {
			t.Errorf("%s %s: encoded as %x, %v", v.Format, v.Int, encoded, err)
		}
	}
	for _, v := range vectors.Refused {
		if _, value, err := read(v); err == nil {
			t.Errorf("%s %s: decoded as %v", v.Format, v.Hex, value)
		}
	}
}
