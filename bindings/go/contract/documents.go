package contract

import "sort"

// documents compares the parts of two contracts. Inputs and config may come to allow more, never
// less; outputs, events and the details of errors may come to hold less, never more.
type documents struct {
	before, after *document
	changes       changes
	schemas       schemas
}

func (d *documents) compare() {
	if was, is := d.before.Name, d.after.Name; was != is {
		d.changes.add([]string{"name"}, was+" became "+is, false, "it is another library")
	}
	d.payload(d.before.Config, d.after.Config, []string{"config"}, host)
	d.methods()
	d.events()
	d.errors()
}

func (d *documents) payload(before, after schema, path []string, s side) {
	switch {
	case before != nil && after != nil:
		d.schemas.compare(before, after, path, s)
	case after != nil:
		d.begins(after, path, s)
	case before != nil && s == host:
		d.changes.add(path, "takes no value any more", false, "hosts that send one are refused")
	case before != nil:
		d.changes.add(path, "gives no value any more", false, "hosts expect one")
	}
}

// begins is for a payload where there was none.
func (d *documents) begins(now schema, path []string, s side) {
	if s == library {
		d.changes.add(path, "now gives a value", true, "hosts do not look at it")
		return
	}
	// An empty config stands for an object without properties.
	_, requires := now["required"]
	if path[0] == "config" && now["type"] == "object" && !requires {
		d.changes.add(path, "now takes a value", true, "hosts that send none get the defaults")
		return
	}
	d.changes.add(path, "now takes a value", false, "hosts do not send one")
}

func (d *documents) methods() {
	for _, name := range names(d.before.Methods) {
		path, was := []string{"methods", name}, d.before.Methods[name]
		is, there := d.after.Methods[name]
		if !there {
			d.changes.add(path, "method removed", false, "hosts call it")
			continue
		}
		d.payload(was.Input, is.Input, at(path, "input"), host)
		d.payload(was.Output, is.Output, at(path, "output"), library)
	}
	for _, name := range added(d.before.Methods, d.after.Methods) {
		d.changes.add([]string{"methods", name}, "new method", true, "hosts do not call it")
	}
}

func (d *documents) events() {
	for _, name := range names(d.before.Events) {
		path := []string{"events", name}
		if is, there := d.after.Events[name]; there {
			d.payload(d.before.Events[name], is, path, library)
		} else {
			d.changes.add(path, "event removed", false, "hosts wait for it")
		}
	}
	for _, name := range added(d.before.Events, d.after.Events) {
		d.changes.add([]string{"events", name}, "new event", true, "hosts do not listen to it")
	}
}

func (d *documents) errors() {
	for _, code := range names(d.before.Errors) {
		path := []string{"errors", code}
		if is, there := d.after.Errors[code]; there {
			d.payload(d.before.Errors[code], is, path, library)
		} else {
			d.changes.add(path, "error removed", true, "hosts do not get it any more")
		}
	}
	for _, code := range added(d.before.Errors, d.after.Errors) {
		path := []string{"errors", code}
		d.changes.add(path, "new error", true, "hosts expect errors that they do not know")
	}
}

// names are a map's keys in order.
func names[T any](all map[string]T) []string {
	keys := make([]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// added are the keys that only the new map has.
func added[T any](before, after map[string]T) []string {
	var keys []string
	for _, key := range names(after) {
		if _, there := before[key]; !there {
			keys = append(keys, key)
		}
	}
	return keys
}
