package contract

import (
	"sort"
	"strings"
)

// schemas says which values a new schema allows beside those of the old one. Where it cannot tell,
// it says that the change breaks: never that a breaking one does not.
type schemas struct {
	before, after map[string]schema // the definitions
	changes       *changes
	visited       map[string]bool // pairs of recursive schemas that were compared, or are being
	unions        map[string]bool // those being compared: an alternative may be its own union
}

// silent keywords say nothing about values.
var silent = set("description", "title", "examples", "$comment", "deprecated", "id")

// compared keywords are compared below; any other that differs is a change that breaks.
var compared = set("type", "format", "enum", "const", "default", "$ref", "weirType",
	"contentEncoding", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength",
	"maxLength", "minItems", "maxItems", "weirMinBytes", "weirMaxBytes", "pattern", "properties",
	"required", "additionalProperties", "items", "prefixItems", "anyOf", "oneOf")

func set(keys ...string) map[string]bool {
	all := map[string]bool{}
	for _, key := range keys {
		all[key] = true
	}
	return all
}

func asSchema(value any) schema {
	s, _ := value.(schema)
	return s
}

// same says whether a keyword is in both or in neither, with the same value.
func same(a, b schema, keyword string) bool {
	was, before := a[keyword]
	is, after := b[keyword]
	return before == after && canonical(was) == canonical(is)
}

// hopsMax bounds a chain of references.
const hopsMax = 64

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

func resolve(s schema, definitions map[string]schema) schema {
	for hops := 0; hops < hopsMax; hops++ {
		ref, ok := s["$ref"].(string)
		if !ok {
			break
		}
		target := definitions[unescape.Replace(strings.TrimPrefix(ref, "#/$defs/"))]
		resolved := make(schema, len(target)+len(s))
		for key, value := range target {
			resolved[key] = value
		}
		for key, value := range s {
			if key != "$ref" {
				resolved[key] = value
			}
		}
		s = resolved
	}
	return s
}

func (c *schemas) compare(old, now schema, path []string, s side) {
	_, refBefore := old["$ref"]
	_, refAfter := now["$ref"]
	if refBefore || refAfter {
		key := why[s][other] + canonical(old) + canonical(now)
		if c.visited[key] {
			return
		}
		c.visited[key] = true
	}
	before, after := resolve(old, c.before), resolve(now, c.after)
	olds, news := variantsOf(before), variantsOf(after)
	if len(olds) == 1 && len(news) == 1 {
		c.single(resolve(olds[0], c.before), resolve(news[0], c.after), path, s)
	} else {
		c.union(olds, news, path, s)
	}
	if !same(before, after, "default") {
		c.changes.add(path, "default changed", true, "what hosts send is read as it was")
	}
}

func (c *schemas) union(olds, news []schema, path []string, s side) {
	key := unionKey(olds) + unionKey(news)
	if c.unions[key] {
		return
	}
	c.unions[key] = true
	defer delete(c.unions, key)
	p := pairVariants(resolveAll(olds, c.before), resolveAll(news, c.after))
	for _, pair := range p.pairs {
		c.compare(pair[0], pair[1], path, s)
	}
	for _, one := range p.removed {
		c.changes.effect(path, variantName(one)+" removed", narrower, s)
	}
	for _, one := range p.added {
		c.changes.effect(path, variantName(one)+" added", wider, s)
	}
}

func unionKey(all []schema) string {
	var text strings.Builder
	for _, one := range all {
		text.WriteString(canonical(one))
	}
	return text.String() + ";"
}

func resolveAll(all []schema, definitions map[string]schema) []schema {
	resolved := make([]schema, len(all))
	for i, one := range all {
		resolved[i] = resolve(one, definitions)
	}
	return resolved
}

func variantName(s schema) string {
	if s["type"] == "null" {
		return "null"
	}
	return "an alternative"
}

func (c *schemas) single(before, after schema, path []string, s side) {
	text := canonical(before)
	if text == canonical(after) && !strings.Contains(text, `"$ref"`) {
		return
	}
	if !c.sameType(before, after, path, s) {
		return
	}
	c.values(before, after, path, s)
	c.sizes(before, after, path, s)
	c.objects(before, after, path, s)
	c.arrays(before, after, path, s)
	for _, keyword := range keywords(before, after) {
		if !silent[keyword] && !compared[keyword] && !same(before, after, keyword) {
			c.changes.effect(at(path, keyword), keyword+" changed", other, s)
		}
	}
}

// keywords are those of either.
func keywords(before, after schema) []string {
	all := append(names(before), added(before, after)...)
	sort.Strings(all)
	return all
}

// kind is the type of a schema in a word; "" for any.
func kind(s schema) string {
	if s["weirType"] == "bytes" {
		return "bytes"
	}
	text, _ := s["type"].(string)
	return text
}

// sameType says whether the rest is comparable, and tells of a change of type otherwise.
func (c *schemas) sameType(before, after schema, path []string, s side) bool {
	was, is := kind(before), kind(after)
	if was == is {
		return true
	}
	text := orAny(was) + " became " + orAny(is)
	switch {
	case was == "integer" && is == "number", is == "" && isAny(after):
		c.changes.effect(path, text, wider, s)
	case was == "number" && is == "integer", was == "" && isAny(before):
		c.changes.effect(path, text, narrower, s)
	default:
		c.changes.effect(path, text, other, s)
	}
	return false
}

func orAny(kind string) string {
	if kind == "" {
		return "any"
	}
	return kind
}

// isAny says whether a schema allows anything.
func isAny(s schema) bool {
	for keyword := range s {
		if !silent[keyword] && keyword != "default" {
			return false
		}
	}
	return true
}
