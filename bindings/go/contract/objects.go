package contract

// This file compares the properties of two schemas.

func (c *schemas) objects(before, after schema, path []string, s side) {
	olds, news := asSchema(before["properties"]), asSchema(after["properties"])
	for _, name := range names(olds) {
		place := at(path, "properties", name)
		now, there := news[name]
		if !there {
			c.removed(isRequired(before, name), after, place, s)
			continue
		}
		c.required(isRequired(before, name), isRequired(after, name), place, s)
		c.compare(asSchema(olds[name]), asSchema(now), place, s)
	}
	for _, name := range added(olds, news) {
		c.added(isRequired(after, name), before, at(path, "properties", name), s)
	}
	c.additional(before, after, at(path, "additionalProperties"), s)
}

func isRequired(s schema, name string) bool {
	all, _ := s["required"].([]any)
	for _, one := range all {
		if one == name {
			return true
		}
	}
	return false
}

func (c *schemas) required(was, is bool, path []string, s side) {
	switch {
	case is && !was:
		c.changes.effect(path, "became required", narrower, s)
	case was && !is:
		c.changes.effect(path, "became optional", wider, s)
	}
}

func presence(required bool) string {
	if required {
		return "required"
	}
	return "optional"
}

func (c *schemas) removed(wasRequired bool, after schema, path []string, s side) {
	what := presence(wasRequired) + " property removed"
	strict := after["additionalProperties"] == false
	switch {
	case s == library && wasRequired:
		c.changes.add(path, what, false, "hosts expect it")
	case s == library:
		c.changes.add(path, what, true, "hosts work without it")
	case strict:
		c.changes.add(path, what, false, "hosts that send it are refused")
	default:
		c.changes.add(path, what, true, "hosts that send it are not refused")
	}
}

func (c *schemas) added(isRequired bool, before schema, path []string, s side) {
	what := "new " + presence(isRequired) + " property"
	strict := before["additionalProperties"] == false
	switch {
	case s == host && isRequired:
		c.changes.add(path, what, false, "hosts do not send it")
	case s == host:
		c.changes.add(path, what, true, "hosts need not send it")
	case strict:
		c.changes.add(path, what, false, "hosts allow no others")
	default:
		c.changes.add(path, what, true, "hosts skip what they do not know")
	}
}

func (c *schemas) additional(before, after schema, path []string, s side) {
	was, is := orTrue(before, "additionalProperties"), orTrue(after, "additionalProperties")
	old, wasSchema := was.(schema)
	now, isSchema := is.(schema)
	switch {
	case wasSchema && isSchema:
		c.compare(old, now, path, s)
	case canonical(was) != canonical(is):
		e, text := opened(was, is), "fewer properties allowed"
		if e == wider {
			text = "more properties allowed"
		}
		c.changes.effect(path, text, e, s)
	}
}
