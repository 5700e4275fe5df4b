package ui

import (
	"testing"

	"empress/model"
)

// The column that the list is sorted by is there at every width, and makes no
// row wider than the window.
func TestSortedColumnShows(t *testing.T) {
	for _, sort := range model.KeySorts() {
		for w := narrow; w <= 160; w++ {
			for _, wide := range []bool{false, true} {
				found, room := false, w-2
				for _, c := range columns(w, wide, sort) {
					found = found || c.sort == sort
					room -= c.width + 2
				}
				if !found || room < 6 {
					t.Fatalf("sorted by %s, %d cells, wide %v: shown %v, %d cells for names", sort, w, wide, found, room)
				}
			}
		}
	}
}
