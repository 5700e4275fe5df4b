package storage_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"empress/model"
)

// Two administrators in two processes demote each other at the same moment: one
// wins, the other is no administrator any more and is told so.
func TestAdministratorsDemoteEachOther(t *testing.T) {
	h, p := newHouse(t)
	if _, err := h.ada.AddMember(ctx, model.MemberSpec{Name: "Eva", Email: "eva@example.com", Login: "eva", Role: model.Administrator}); err != nil {
		t.Fatal(err)
	}
	wins := map[string]int{}
	for round := range size(8, 100) {
		said := demoteEachOther(t, p)
		if slices.Sort(said[:]); fmt.Sprint(said) != "[demoted denied]" {
			t.Fatalf("round %d: they say %q", round, said)
		}
		ms := members(t, h.store)
		var administrator, other string
		for _, m := range ms {
			if m.Role == model.Administrator {
				administrator += m.Login
			} else {
				other += m.Login
			}
		}
		if len(administrator) != 3 || len(other) != 3 {
			t.Fatalf("round %d: the members are %+v", round, ms)
		}
		wins[administrator]++
		s, err := h.service.SignIn(ctx, model.Identity{Login: administrator, Via: model.ViaCommand})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SetRole(ctx, other, model.Administrator); err != nil {
			t.Fatal(err)
		}
	}
	h.wantWhole(t)
	t.Logf("who won: %v", wins)
}

func members(t *testing.T, s model.Store) (ms []model.Member) {
	t.Helper()
	read(t, s, func(r model.Reader) (err error) { ms, err = r.Members(); return err })
	return ms
}

// demoteEachOther starts both processes, waits until both are signed in, and
// lets them go.
func demoteEachOther(t *testing.T, p place) (said [2]string) {
	t.Helper()
	var answers [2]<-chan string
	var gates [2]*os.File
	for i, names := range [2][2]string{{"ada", "eva"}, {"eva", "ada"}} {
		cmd := helper("demote", p.db, p.key, names[0], names[1])
		in, gate, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		defer gate.Close()
		cmd.Stdin, gates[i] = in, gate
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Wait() //nolint:errcheck // what it said counts
		answers[i] = lines(out)
		if word := <-answers[i]; word != "ready" {
			t.Fatalf("%s says %q", names[0], word)
		}
	}
	for _, gate := range gates {
		if _, err := gate.Write([]byte("!")); err != nil {
			t.Fatal(err)
		}
	}
	for i, answer := range answers {
		said[i] = strings.TrimSpace(<-answer)
	}
	return said
}
