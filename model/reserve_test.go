package model_test

import (
	"slices"
	"strings"
	"testing"

	"empress/model"
)

// renames gives an application one name after the other.
func (x *team) renames(s *model.Session, names ...string) {
	x.Helper()
	for i, to := range names[1:] {
		if _, err := s.EditApplication(ctx, names[i], model.ApplicationEdit{Name: &to}); err != nil {
			x.Fatal(err)
		}
	}
}

// Names that applications were given after a backup are reserved in what is
// restored with the events, also when that was restored once before.
func TestRestoreReservesNames(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	x.create(model.KeySpec{Application: "edge"})
	x.renames(x.ada, "edge", "border")
	backup := x.backup()
	x.renames(x.ada, "billing", "invoices", "bills", "billing")
	x.renames(x.ada, "border", "edge", "frontier")
	networks := []string{"10.0.0.0/8"}
	if _, err := x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: "shop", Purpose: "Sells", Contact: "kim", Networks: networks}); err != nil {
		t.Fatal(err)
	}
	x.renames(x.ada, "shop", "store")
	want := []model.ReservedName{{"invoices", "billing"}, {"bills", "billing"}, {"frontier", "border"}, {"shop", "shop"}, {"store", "shop"}}
	lines := x.lines()
	for _, undone := range []int{6, 0} { // the renames, and what a restore did
		s := x.draft(backup)
		later, err := s.ReadLater(ctx, strings.NewReader(strings.Join(lines, "")))
		if err != nil || later.Others != undone {
			t.Fatalf("%+v, %v", later, err)
		}
		done, err := s.Restore(ctx, "root", later)
		if err != nil || !slices.Equal(done.Reserved, want) {
			t.Fatalf("reserved %+v, %v; want %+v", done.Reserved, err, want)
		}
		if report, err := s.CheckAudit(ctx); err != nil || report.Found > 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		ada, err := s.SignIn(ctx, model.Identity{Login: "ada", Via: model.ViaCommand})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range want {
			_, err := ada.CreateApplication(ctx, model.ApplicationSpec{Name: r.Name, NewApplication: true})
			if wantCode(t, r.Name, err, model.CodeConflict); r.Name != r.Application && !strings.Contains(model.Sentence(err), "called "+r.Application+" now") {
				t.Error(err)
			}
		}
		if a, err := ada.Application(ctx, "shop"); err != nil || a.Purpose != "Sells" || a.Contact != "kim" || a.NetworkList() != networks[0] || a.Keys != 0 {
			t.Errorf("made again is %+v, %v", a, err)
		}
		es, err := ada.Events(ctx, model.EventQuery{})
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, e := range es {
			said += e.Sentence() + "\n"
		}
		for _, words := range []string{"empress reserved the name bills for the application billing (restored from a backup)", "empress added the application shop"} {
			if !strings.Contains(said, words) {
				t.Errorf("%q is not in %s", words, said)
			}
		}
		lines = x.linesFor(ada)
	}
	x.draftIsFree(backup)
}

// draftIsFree wants names of after a backup to be free where no events tell of
// them.
func (x *team) draftIsFree(backup string) {
	x.Helper()
	s := x.draft(backup)
	done, err := s.Restore(ctx, "root", nil)
	if err != nil || len(done.Reserved) > 0 {
		x.Fatalf("%+v, %v", done, err)
	}
	ada, err := s.SignIn(ctx, model.Identity{Login: "ada", Via: model.ViaCommand})
	if err != nil {
		x.Fatal(err)
	}
	if _, err := ada.CreateApplication(ctx, model.ApplicationSpec{Name: "invoices"}); err != nil {
		x.Error(err)
	}
}
