package contract

import (
	"sort"
	"strings"
)

// variantsOf gives the alternatives of a schema (anyOf, oneOf, a list of types), or the schema.
func variantsOf(s schema) []schema {
	listed, ok := s["anyOf"].([]any)
	if !ok {
		listed, ok = s["oneOf"].([]any)
	}
	if _, typed := s["type"]; ok && !typed {
		var all []schema
		for _, one := range listed {
			if member, ok := one.(schema); ok {
				all = append(all, variantsOf(member)...)
			}
		}
		return all
	}
	types, ok := s["type"].([]any)
	if !ok {
		return []schema{s}
	}
	all := make([]schema, 0, len(types))
	for _, one := range types {
		all = append(all, with(s, "type", one, "anyOf", "oneOf"))
	}
	return all
}

// with is a copy with one member set and others left out.
func with(s schema, key string, value any, without ...string) schema {
	copied := make(schema, len(s)+1)
	for k, v := range s {
		copied[k] = v
	}
	for _, k := range without {
		delete(copied, k)
	}
	copied[key] = value
	return copied
}

// signature tells an alternative from the others: by its constant properties, or its type.
func signature(s schema) string {
	var constants []string
	properties, _ := s["properties"].(schema)
	for _, name := range names(properties) {
		if values, _ := allowedValues(asSchema(properties[name])); len(values) == 1 {
			constants = append(constants, name+"="+values[0])
		}
	}
	if len(constants) > 0 {
		sort.Strings(constants)
		return strings.Join(constants, ",")
	}
	for _, keyword := range []string{"weirType", "type"} {
		if kind, ok := s[keyword]; ok {
			return canonical(kind)
		}
	}
	return canonical("any")
}

type pairing struct {
	pairs          [][2]schema
	removed, added []schema
}

// pairVariants pairs each old alternative with the new one that it is, or has become.
func pairVariants(olds, news []schema) pairing {
	p := pairing{removed: olds, added: news}
	p.pairBy(func(s schema) string { return canonical(s) })
	p.pairBy(signature)
	return p
}

func (p *pairing) pairBy(key func(schema) string) {
	var rest []schema
	for _, old := range p.removed {
		index := -1
		for i, one := range p.added {
			if key(one) == key(old) {
				index = i
				break
			}
		}
		if index < 0 {
			rest = append(rest, old)
			continue
		}
		p.pairs = append(p.pairs, [2]schema{old, p.added[index]})
		p.added = append(p.added[:index:index], p.added[index+1:]...)
	}
	p.removed = rest
}
