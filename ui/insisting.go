package ui

import (
	"errors"

	"empress/model"
)

// wrongWords say what is wrong with an input, and how to go on with it where
// that can be done.
func wrongWords(m *model.Error) string {
	if errors.Is(m, model.ErrAlike) {
		return onScreen(m) + " Or go on with this one, which makes another."
	}
	return onScreen(m)
}

// insists is whether a name that was refused because it is almost another's is
// given once more.
func (f *form) insists(name string) bool {
	for _, x := range f.fields {
		if x.name == name {
			return x.alike != "" && x.alike == x.input.Value()
		}
	}
	return false
}
