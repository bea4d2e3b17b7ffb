package contract

import "fmt"

// This file compares what two schemas of one type allow.

func (c *schemas) values(before, after schema, path []string, s side) {
	c.sets(before, after, path, s)
	if kind := before["type"]; kind == "integer" || kind == "number" {
		c.limits("values", numberLimits(before), numberLimits(after), path, s)
		c.floats(before, after, path, s)
	} else {
		c.keyword("format", before, after, path, s)
	}
	c.keyword("pattern", before, after, path, s)
}

func (c *schemas) sets(before, after schema, path []string, s side) {
	olds, wasLimited := allowedValues(before)
	news, isLimited := allowedValues(after)
	if !wasLimited && isLimited {
		c.changes.effect(path, "values are listed", narrower, s)
	}
	if wasLimited && !isLimited {
		c.changes.effect(path, "values are not listed", wider, s)
	}
	if !wasLimited || !isLimited {
		return
	}
	was, is := set(olds...), set(news...)
	for _, value := range olds {
		if !is[value] {
			c.changes.effect(path, value+" removed", narrower, s)
		}
	}
	for _, value := range news {
		if !was[value] {
			c.changes.effect(path, value+" added", wider, s)
		}
	}
}

func (c *schemas) floats(before, after schema, path []string, s side) {
	was, is := before["format"] == "float", after["format"] == "float"
	switch {
	case is && !was:
		c.changes.effect(path, "float64 became float32", narrower, s)
	case was && !is:
		c.changes.effect(path, "float32 became float64", wider, s)
	}
}

func (c *schemas) limits(what string, before, after limits, path []string, s side) {
	if e := limitsEffect(before, after); e != none {
		text := fmt.Sprintf("%s from %s became %s", what, before, after)
		c.changes.effect(path, text, e, s)
	}
}

func (c *schemas) sizes(before, after schema, path []string, s side) {
	for _, size := range [][3]string{
		{"length", "minLength", "maxLength"},
		{"items", "minItems", "maxItems"},
		{"bytes", "weirMinBytes", "weirMaxBytes"},
	} {
		was, is := sizeLimits(before, size[1], size[2]), sizeLimits(after, size[1], size[2])
		c.limits(size[0], was, is, path, s)
	}
}

// keyword compares one whose presence narrows, such as pattern.
func (c *schemas) keyword(name string, before, after schema, path []string, s side) {
	if same(before, after, name) {
		return
	}
	_, was := before[name]
	_, is := after[name]
	switch {
	case !was:
		c.changes.effect(at(path, name), name+" added", narrower, s)
	case !is:
		c.changes.effect(at(path, name), name+" removed", wider, s)
	default:
		c.changes.effect(at(path, name), name+" changed", other, s)
	}
}

func (c *schemas) arrays(before, after schema, path []string, s side) {
	olds, _ := before["prefixItems"].([]any)
	news, _ := after["prefixItems"].([]any)
	if len(olds) != len(news) {
		text := fmt.Sprintf("%d fixed items became %d", len(olds), len(news))
		c.changes.effect(at(path, "prefixItems"), text, other, s)
		return
	}
	for i := range olds {
		place := at(path, "prefixItems", fmt.Sprint(i))
		c.compare(asSchema(olds[i]), asSchema(news[i]), place, s)
	}
	was, is := orTrue(before, "items"), orTrue(after, "items")
	old, wasSchema := was.(schema)
	now, isSchema := is.(schema)
	if wasSchema && isSchema {
		c.compare(old, now, at(path, "items"), s)
	} else if canonical(was) != canonical(is) {
		c.changes.effect(at(path, "items"), "items changed", opened(was, is), s)
	}
}

// orTrue is a keyword that allows anything where it is missing.
func orTrue(s schema, keyword string) any {
	if value, ok := s[keyword]; ok {
		return value
	}
	return true
}

// opened is the effect of a keyword's change from or to a boolean.
func opened(was, is any) effect {
	if was == false || is == true {
		return wider
	}
	return narrower
}
