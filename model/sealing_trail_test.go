package model_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"empress/model"
)

// severalKeys is a team whose sealing key was replaced twice: the events up to
// the third are of key 1, the fourth and the fifth of key 2, and the rest of key 3.
func severalKeys(t *testing.T) *team {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	for _, support := range []string{"IT desk", "the desk"} {
		x.replaces()
		if _, err := x.ada.EditPolicy(ctx, model.PolicyEdit{Support: &support}); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// The trail is followed across sealing keys, as far as the key file holds them.
func TestAuditAcrossSealingKeys(t *testing.T) {
	x := severalKeys(t)
	x.wantProblems("with all", x.service)
	one, two := "events 1 to 3 cannot be checked without sealing key 1", "events 4 to 5 cannot be checked without sealing key 2"
	for _, c := range []struct {
		lacks []int
		want  []string
	}{{[]int{1}, []string{one}}, {[]int{2}, []string{two}}, {[]int{1, 2}, []string{one, two}}} {
		x.restarts(x.seal.Without(c.lacks...))
		x.wantProblems("lacking", x.service, c.want...)
	}
	x.restarts(x.seal)
	checkpoint, err := x.ada.AuditCheckpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	x.create(model.KeySpec{Application: "later"})
	x.replaces()
	if report, err := x.ada.VerifyAudit(ctx, &checkpoint); err != nil || report.Found != 0 {
		t.Errorf("against a checkpoint of before: %q, %v", report.Problems, err)
	}
}

// A change to an event is found, whichever key it is of, and whichever the file
// lacks.
func TestTamperedAcrossSealingKeys(t *testing.T) {
	x := severalKeys(t)
	all := x.service
	x.restarts(x.seal.Without(2))
	for seq := int64(1); seq <= 7; seq++ {
		x.tamper("UPDATE events SET note = note || 'x' WHERE seq = ?", seq)
		report, err := all.CheckAudit(ctx)
		if err != nil || report.Broken != seq || report.Found != 1 {
			t.Errorf("event %d: %+v, %v", seq, report, err)
		}
		wantBroken, found := seq, 2
		if seq == 4 || seq == 5 {
			wantBroken, found = 0, 1 // that it cannot be checked is told
		}
		if report, err := x.service.CheckAudit(ctx); err != nil || report.Broken != wantBroken || report.Found != found {
			t.Errorf("event %d, without sealing key 2: %+v, %v", seq, report, err)
		}
		x.tamper("UPDATE events SET note = substr(note, 1, length(note) - 1) WHERE seq = ?", seq)
	}
	x.wantProblems("as it was", all)
	x.tamper("UPDATE events SET note = 'x' WHERE seq = 1; UPDATE events SET changes = '[]' WHERE seq = 4")
	if report, err := all.CheckAudit(ctx); err != nil || report.Broken != 1 {
		t.Errorf("the first event, and who replaced the first key: %+v, %v", report, err)
	}
}

// A backup of before a replacement is restored, and the events since then are
// followed across it, with a key file that holds what they need.
func TestRestoreAcrossSealingKeys(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	backup := x.backup()
	x.replaces()
	x.create(model.KeySpec{Application: "shop"})
	x.replaces()
	lines := x.lines()

	draft := x.draft(backup)
	later, err := draft.ReadLater(ctx, strings.NewReader(strings.Join(lines, "")))
	if err != nil || later.To != x.head().Seq || strings.Join(later.Undone, ", ") != "ada replaced sealing key 1 by number 2, ada replaced sealing key 2 by number 3" {
		t.Fatalf("%+v, %v", later, err)
	}
	if done, err := draft.Restore(ctx, "ada", later); err != nil || done.Active != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	x.decides(draft, model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
	x.wantProblems("restored", draft)

	_, err = x.reopened().Restore(ctx, "ada", nil) // a copy of now, with all keys
	if err != nil {
		t.Error(err)
	}
	x.restarts(x.seal.Without(1))
	_, err = x.service.Restore(ctx, "ada", nil)
	wantWords(t, "without the first key", err, model.CodeUnavailable, "Sealing key 1 is not in the key file here")
	x.seal = x.seal.Without(2, 3)
	_, err = x.draft(backup).ReadLater(ctx, strings.NewReader(strings.Join(lines, "")))
	wantWords(t, "without the later keys", err, model.CodeDamaged, "Line 4 of the events cannot be checked without sealing key 2")
}

// A team is founded with the newest key in the file, and needs no other.
func TestFoundedWithSeveralSealingKeys(t *testing.T) {
	x := emptyTeam(t)
	var err error
	if x.seal, err = x.seal.Next(rand.Reader); err != nil {
		t.Fatal(err)
	}
	x.service = model.NewService(x.store, x.seal, x.clock.now)
	x.found()
	k, s := x.create(model.KeySpec{Application: "billing"})
	x.wantSound()
	x.replaces()
	x.restarts(x.seal.Without(1))
	x.wantReason("its key", model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
	x.wantSound()
}
