package weir

import (
	"errors"
	"testing"
)

func TestAFailureHasItsMessageAndWhatTheLibrarySays(t *testing.T) {
	document := `{"code":"SYNTAX","details":{"line":3},"path":"/source","stack":"at x"}`
	e := failureError("request", ErrHandler, []byte("no brace\x00"+document))
	if e.Message != "no brace" || e.Library == nil || e.Library.Code != "SYNTAX" ||
		string(e.Library.Details) != `{"line":3}` || e.Library.Path != "/source" ||
		e.Library.Stack != "at x" {
		t.Errorf("%+v, %+v", e, e.Library)
	}
	if text := e.Error(); text != "weir: request: HANDLER: SYNTAX: no brace" {
		t.Error(text)
	}
	if !errors.Is(e, ErrHandler) {
		t.Error("the code is lost")
	}
}

func TestAFailureOfANativeLibraryIsItsMessage(t *testing.T) {
	for _, text := range []string{"", "plain", "with \x00 in it", "\x00{"} {
		e := failureError("request", ErrHandler, []byte(text))
		if e.Message != text || e.Library != nil {
			t.Errorf("%q: %+v", text, e)
		}
	}
}
