package weir

import "testing"

func TestARemovedTokenFindsNothingEvenWhenItsIndexIsUsedAgain(t *testing.T) {
	var r registry[int]
	one, two := 1, 2
	first := r.add(&one)
	r.remove(first)
	second := r.add(&two)
	if first.index() != second.index() || first == second {
		t.Fatalf("tokens %x and %x", first, second)
	}
	r.remove(first)
	if r.get(first) != nil || r.get(second) != &two {
		t.Error("the old token has an effect")
	}
	for _, nonsense := range []token{0, 1 << 40, ^token(0), makeToken(2, 7)} {
		if r.get(nonsense) != nil {
			t.Errorf("%x names something", nonsense)
		}
		r.remove(nonsense)
	}
	if r.size() != 1 {
		t.Errorf("%d entries", r.size())
	}
}

func TestAGenerationNeverRepeats(t *testing.T) {
	var r registry[int]
	value := 1
	r.remove(r.add(&value))
	r.entries[0].generation = ^uint32(0)
	last := r.add(&value)
	r.remove(last)
	if next := r.add(&value); next.index() == last.index() {
		t.Errorf("index %d is used after its last generation", next.index())
	}
}

func TestPendingPlacesAreUsedAgainWithAnotherToken(t *testing.T) {
	var table pendingTable
	seen := map[token]bool{}
	for round := 0; round < 100; round++ {
		var places []*pending
		for i := 0; i < 3*pendingChunk; i++ {
			p := table.take()
			if seen[p.token] || table.find(p.token) != p {
				t.Fatalf("token %x", p.token)
			}
			seen[p.token] = true
			places = append(places, p)
		}
		for _, p := range places {
			old := p.token
			table.give(p)
			if table.find(old) != nil {
				t.Fatalf("token %x is still valid", old)
			}
		}
	}
	if table.inUse() != 0 || table.find(^token(0)) != nil {
		t.Error("something is in use")
	}
}
