package ui

import (
	"testing"

	"empress/model"
)

// Where so many keys match that they are not sorted, nothing claims that they are.
func TestTooManyToSort(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2")
	d.sees("sort: application ^", "APPLICATION ^")
	a := d.root.stack[len(d.root.stack)-1].(*access)
	a.list.asked = 99
	d.send(keysReadMsg{id: 99, how: atTop, query: a.list.query, page: model.KeyPage{Keys: a.list.keys, Count: model.MaxCount, Over: true, AsMade: true}})
	d.sees("sort: as made (too many)", "10,000+ keys")
	d.missing("application ^")
	d.missing("APPLICATION ^")
}
