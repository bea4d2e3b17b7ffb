package contract

// side is who makes the values of a schema.
type side int

const (
	host    side = iota // config and inputs
	library             // all else
)

// effect is what a change does to the set of values that a schema allows.
type effect int

const (
	none effect = iota
	wider
	narrower
	other
)

// why has the reasons, by side and effect.
var why = [2][4]string{
	host: {
		wider:    "all that hosts send is still taken",
		narrower: "hosts may send what is no longer taken",
		other:    "hosts send what is no longer taken",
	},
	library: {
		wider:    "hosts may get what they do not know",
		narrower: "hosts get nothing that they do not know",
		other:    "hosts get what they do not know",
	},
}

// changes collects.
type changes struct{ all []Change }

func (c *changes) add(path []string, change string, compatible bool, why string) {
	c.all = append(c.all, Change{pointer(path), change, compatible, why})
}

// effect adds a change of which values are allowed.
func (c *changes) effect(path []string, change string, e effect, s side) {
	good := narrower
	if s == host {
		good = wider
	}
	c.add(path, change, e == good, why[s][e])
}

// at is a path with more keys behind it; it shares no memory with `path`.
func at(path []string, keys ...string) []string {
	longer := make([]string, 0, len(path)+len(keys))
	return append(append(longer, path...), keys...)
}
