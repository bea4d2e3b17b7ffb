package contract

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// canonical is a JSON value as one text, the same for equal values, as the sdk writes it: keys in
// order, no spaces, numbers and texts as JavaScript has them.
func canonical(value any) string {
	var text strings.Builder
	write(&text, value)
	return text.String()
}

func write(text *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		text.WriteString("null")
	case bool:
		text.WriteString(strconv.FormatBool(v))
	case float64:
		text.WriteString(number(v))
	case string:
		quote(text, v)
	case []any:
		text.WriteByte('[')
		for i, one := range v {
			if i > 0 {
				text.WriteByte(',')
			}
			write(text, one)
		}
		text.WriteByte(']')
	case schema:
		text.WriteByte('{')
		for i, key := range names(v) {
			if i > 0 {
				text.WriteByte(',')
			}
			quote(text, key)
			text.WriteByte(':')
			write(text, v[key])
		}
		text.WriteByte('}')
	}
}

// number writes as JavaScript does, which encoding/json does but for the sign of zero.
func number(value float64) string {
	if value == 0 {
		return "0"
	}
	if math.IsInf(value, 0) {
		return "any"
	}
	text, _ := json.Marshal(value)
	return string(text)
}

const hexDigits = "0123456789abcdef"

// quote escapes only what JSON asks for.
func quote(text *strings.Builder, raw string) {
	text.WriteByte('"')
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if short := strings.IndexByte("\"\\\b\f\n\r\t", c); short >= 0 {
			text.WriteByte('\\')
			text.WriteByte("\"\\bfnrt"[short])
		} else if c < 0x20 {
			text.WriteString(`\u00`)
			text.WriteByte(hexDigits[c>>4])
			text.WriteByte(hexDigits[c&15])
		} else {
			text.WriteByte(c)
		}
	}
	text.WriteByte('"')
}
