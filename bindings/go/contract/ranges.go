package contract

import (
	"math"
	"math/big"
	"strconv"
)

// end is one end of a range, exact: those of 64-bit integers are not float64.
type end struct {
	value *big.Float // holds any float64, int64 and uint64, and the infinities
	text  string
}

func endOf(value float64) end {
	return end{new(big.Float).SetFloat64(value), number(value)}
}

func integerEnd(value *big.Int) end {
	return end{new(big.Float).SetPrec(65).SetInt(value), value.String()}
}

// limits is what a schema allows of an ordered thing: a number, a length.
type limits struct{ low, high end }

func (l limits) String() string { return l.low.text + " to " + l.high.text }

// formatLimits are those of int8 … uint64.
func formatLimits(format any) limits {
	for bits := uint(8); bits <= 64; bits *= 2 {
		one, width := big.NewInt(1), strconv.Itoa(int(bits))
		switch format {
		case "int" + width:
			half := new(big.Int).Lsh(one, bits-1)
			low := new(big.Int).Neg(half)
			return limits{integerEnd(low), integerEnd(half.Sub(half, one))}
		case "uint" + width:
			top := new(big.Int).Lsh(one, bits)
			return limits{integerEnd(new(big.Int)), integerEnd(top.Sub(top, one))}
		}
	}
	return limits{endOf(math.Inf(-1)), endOf(math.Inf(1))}
}

// epsilon is the distance of 1 to the next float64.
const epsilon = 0x1p-52

// inside is the next value inside an exclusive end; of reals, one that tells it from a closed end.
func inside(value, step float64, integer bool) float64 {
	if integer {
		return value + step
	}
	return value + step*epsilon*math.Max(1, math.Abs(value))
}

// numberLimits are those of format, minimum and maximum together.
func numberLimits(s schema) limits {
	integer, l := s["type"] == "integer", formatLimits(s["format"])
	low := func(value float64) {
		if e := endOf(value); e.value.Cmp(l.low.value) >= 0 {
			l.low = e
		}
	}
	high := func(value float64) {
		if e := endOf(value); e.value.Cmp(l.high.value) < 0 {
			l.high = e
		}
	}
	if value, ok := s["minimum"].(float64); ok {
		low(value)
	}
	if value, ok := s["maximum"].(float64); ok {
		high(value)
	}
	if value, ok := s["exclusiveMinimum"].(float64); ok {
		low(inside(value, 1, integer))
	}
	if value, ok := s["exclusiveMaximum"].(float64); ok {
		high(inside(value, -1, integer))
	}
	return l
}

// sizeLimits are those of two keywords, such as minLength and maxLength.
func sizeLimits(s schema, minimum, maximum string) limits {
	l := limits{endOf(0), endOf(math.Inf(1))}
	if value, ok := s[minimum].(float64); ok {
		l.low = endOf(value)
	}
	if value, ok := s[maximum].(float64); ok {
		l.high = endOf(value)
	}
	return l
}

func limitsEffect(before, after limits) effect {
	low, high := after.low.value.Cmp(before.low.value), after.high.value.Cmp(before.high.value)
	isWider, isNarrower := low < 0 || high > 0, low > 0 || high < 0
	switch {
	case isWider && isNarrower:
		return other
	case isWider:
		return wider
	case isNarrower:
		return narrower
	}
	return none
}

// allowedValues are the values of enum or const as texts, each once; `limited` is false without.
func allowedValues(s schema) (values []string, limited bool) {
	if value, ok := s["const"]; ok {
		return []string{canonical(value)}, true
	}
	all, ok := s["enum"].([]any)
	if !ok {
		return nil, false
	}
	seen := map[string]bool{}
	for _, one := range all {
		if text := canonical(one); !seen[text] {
			seen[text] = true
			values = append(values, text)
		}
	}
	return values, true
}
