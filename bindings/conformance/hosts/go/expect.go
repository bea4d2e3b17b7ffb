package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	weir "github.com/weir-ffi/weir-go"
)

// fields is an object of a scenario: a field that nobody takes is an error, and never passed over.
type fields struct {
	object map[string]any
	what   string
	taken  map[string]bool
}

func newFields(object map[string]any, what string) *fields {
	return &fields{object, what, map[string]bool{"do": true}}
}

func (f *fields) maybe(name string) any {
	f.taken[name] = true
	return f.object[name]
}

func (f *fields) text(name string) string {
	text, _ := f.maybe(name).(string)
	return text
}

func (f *fields) number(name string) int {
	number, _ := f.maybe(name).(float64)
	return int(number)
}

func (f *fields) truth(name string) bool {
	truth, _ := f.maybe(name).(bool)
	return truth
}

func (f *fields) done() error {
	for name := range f.object {
		if !f.taken[name] {
			return fmt.Errorf("unknown field %s of %s", name, f.what)
		}
	}
	return nil
}

func shown(data []byte) string {
	begin := data[:min(len(data), 80)]
	text := strconv.Quote(string(begin))
	if strings.Contains(text, `\x`) {
		text = "hex " + hex.EncodeToString(begin)
	}
	if len(data) > len(begin) {
		text += fmt.Sprintf(" … (%d bytes)", len(data))
	}
	return text
}

func dump(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

func has(object map[string]any, names ...string) bool {
	for _, name := range names {
		if _, ok := object[name]; !ok {
			return false
		}
	}
	return len(object) == len(names)
}

// bytesOf gives the bytes of a payload or of a name. Of an integer, those that it must have on the
// wire.
func bytesOf(payload any) ([]byte, error) {
	if payload == nil {
		return nil, nil
	}
	if text, ok := payload.(string); ok {
		return []byte(text), nil
	}
	object, _ := payload.(map[string]any)
	switch {
	case has(object, "text"):
		return []byte(object["text"].(string)), nil
	case has(object, "hex"), has(object, "hex", "integer"):
		return hex.DecodeString(object["hex"].(string))
	case has(object, "fill", "size"):
		return []byte(strings.Repeat(object["fill"].(string), int(object["size"].(float64)))), nil
	}
	return nil, fmt.Errorf("a payload of an unknown form: %s", dump(payload))
}

func comparePart(what, part string, actual []byte) error {
	if strings.Contains(string(actual), part) {
		return nil
	}
	return fmt.Errorf("%s: expected one with %q, got %s", what, part, shown(actual))
}

func comparePayload(what string, expected any, actual []byte) error {
	object, _ := expected.(map[string]any)
	if has(object, "contains") {
		return comparePart(what, object["contains"].(string), actual)
	}
	if has(object, "min", "max") {
		number, err := strconv.ParseInt(string(actual), 10, 64)
		if err != nil || !countFits(expected, number) {
			return fmt.Errorf("%s: expected %s, got %s", what, dump(expected), shown(actual))
		}
		return nil
	}
	wanted, err := bytesOf(expected)
	if err == nil && string(wanted) != string(actual) {
		err = fmt.Errorf("%s: expected %s, got %s", what, shown(wanted), shown(actual))
	}
	return err
}

func countFits(expected any, actual int64) bool {
	if number, ok := expected.(float64); ok {
		return int64(number) == actual
	}
	limits, _ := expected.(map[string]any)
	if least, ok := limits["min"].(float64); ok && actual < int64(least) {
		return false
	}
	most, ok := limits["max"].(float64)
	return !ok || actual <= int64(most)
}

// compareCounts compares the counts that a step expects, by their names in weir.h, with the fields
// of a struct of this host.
func compareCounts(what string, expected any, actual any) error {
	counts, _ := expected.(map[string]any)
	for name, count := range counts {
		number, ok := countNamed(actual, name)
		if !ok {
			return fmt.Errorf("unknown count %s", name)
		}
		if !countFits(count, number) {
			return fmt.Errorf("%s: %s: expected %s, got %d", what, name, dump(count), number)
		}
	}
	return nil
}

// countNamed finds SlotsIdle by slots_idle. A duration is in microseconds.
func countNamed(object any, name string) (int64, bool) {
	wanted := strings.ReplaceAll(strings.TrimSuffix(name, "_us"), "_", "")
	value := reflect.ValueOf(object)
	for at := 0; at < value.NumField(); at++ {
		if !strings.EqualFold(value.Type().Field(at).Name, wanted) {
			continue
		}
		field := value.Field(at)
		if field.CanUint() {
			return int64(field.Uint()), true
		}
		if strings.HasSuffix(name, "_us") {
			return field.Int() / 1000, true
		}
		return field.Int(), true
	}
	return 0, false
}

// statusOf is the status of a call as weir spells it.
func statusOf(err error) string {
	if err == nil {
		return "OK"
	}
	var failure *weir.Error
	if errors.As(err, &failure) {
		return failure.Code.String()
	}
	return err.Error()
}

func messageOf(err error) []byte {
	var failure *weir.Error
	if errors.As(err, &failure) {
		return []byte(failure.Message)
	}
	return nil
}

func compareStatus(what, expected string, err error) error {
	if statusOf(err) == expected {
		return nil
	}
	message := ""
	if text := messageOf(err); len(text) > 0 {
		message = " " + shown(text)
	}
	return fmt.Errorf("%s: expected %s, got %s%s", what, expected, statusOf(err), message)
}

// compareFailure compares status and message.
func compareFailure(step *fields, err error) error {
	if differed := compareStatus(step.what, step.text("expect"), err); differed != nil {
		return differed
	}
	if part := step.text("message"); part != "" {
		return comparePart(step.what+": message", part, messageOf(err))
	}
	return nil
}

// compareAnswer takes what a step expects of an answer.
func compareAnswer(step *fields, data []byte, err error) error {
	payload, code, details, path :=
		step.maybe("payload"), step.maybe("code"), step.maybe("details"), step.maybe("path")
	if differed := compareFailure(step, err); differed != nil {
		return differed
	}
	if payload != nil {
		if differed := comparePayload(step.what, payload, data); differed != nil {
			return differed
		}
	}
	said := libraryError(err)
	for name, pair := range map[string][2]any{
		"code": {code, said.Code}, "path": {path, said.Path}, "details": {details, said.details()},
	} {
		if pair[0] != nil && !reflect.DeepEqual(pair[0], pair[1]) {
			return fmt.Errorf("%s: %s: expected %s, got %s",
				step.what, name, dump(pair[0]), dump(pair[1]))
		}
	}
	return nil
}

type saidByLibrary struct{ weir.LibraryError }

func libraryError(err error) saidByLibrary {
	var failure *weir.Error
	if errors.As(err, &failure) && failure.Library != nil {
		return saidByLibrary{*failure.Library}
	}
	return saidByLibrary{}
}

func (s saidByLibrary) details() any {
	var details any
	json.Unmarshal(s.Details, &details)
	return details
}
