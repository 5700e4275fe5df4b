package main

import (
	"slices"
	"strings"
	"testing"
)

// domain is a small package with one place of each form, and beside them
// places that are to be left alone.
const domain = `package model

type Action string

const Renamed Action = "renamed"

type Writer interface {
	UpdateKey(k Key, revision, generation int) error
	AppendEvent(e Event) error
	NextID() int
}

func (a actor) may(p Permission) bool { return a.role == p && a.awake }

func (a actor) why() error { return denied("no") }

func mayRename(a actor) error {
	if !a.may(Rename) {
		return Errorf(CodeDenied, "no")
	}
	return nil
}

func (c *change) rename(k, old Key, name string) error {
	if err := mayRename(c.me); err != nil {
		return err
	}
	if name == k.Name {
		return Errorf(CodeConflict, "It has that name.")
	}
	if old.Revision != k.Revision {
		return Errorf(CodeConflict, "It was changed.")
	}
	if err := c.w.UpdateKey(k, k.Revision, old.Generation); err != nil {
		return err
	}
	return c.tell(Renamed, k)
}

func (s *Session) Rename(k Key, name string) error {
	return s.write(func(c *change) error { return c.rename(k, k, name) })
}

func words(a Action) string {
	if a == Renamed {
		return "was renamed"
	}
	return ""
}
`

func TestFind(t *testing.T) {
	s, err := find(map[string][]byte{"model/key.go": []byte(domain)})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range s.mutants {
		found = append(found, m.name())
	}
	want := []string{
		"rule in actor.may: a.role == p",
		"rule in actor.may: a.awake",
		"permission in mayRename: !a.may(Rename)",
		"permission in mayRename: a.may(Rename)",
		"permission in change.rename: mayRename(c.me)",
		"rule in change.rename: name == k.Name",
		"swap in change.rename: old.Revision != k.Revision",
		"swap in change.rename: k.Revision",
		"swap in change.rename: old.Generation",
		"event in change.rename: c.tell(Renamed, k)",
		"event in change.rename: Renamed",
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("found\n%s\nand not\n%s", strings.Join(found, "\n"), strings.Join(want, "\n"))
	}
}

func TestSampleIsTheSameForTheSameFiles(t *testing.T) {
	seed := func(text string) uint64 {
		s, err := find(map[string][]byte{"model/key.go": []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		return s.seed()
	}
	first := seed(domain)
	if seed(domain) != first {
		t.Error("the same files give two seeds")
	}
	if seed(domain+"\n// More.\n") == first {
		t.Error("other files give the same seed")
	}
}
