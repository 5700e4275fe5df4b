package model_test

import (
	"strings"
	"testing"

	"empress/model"
)

func TestBeginBackup(t *testing.T) {
	x := newTeam(t)
	before := x.head().Seq
	if err := x.ada.BeginBackup(ctx, "/mnt/\x1b[2J"); err != nil {
		t.Fatal(err)
	}
	es := x.events(before)
	if len(es) != 1 || es[0].Action != model.BackupMade || es[0].Outcome != model.Done || es[0].Note != `/mnt/\u{1b}[2J` {
		t.Errorf("events %+v", es)
	}
	for _, role := range model.Roles()[1:] {
		s := x.join(strings.ToLower(string(role[:2])), role, model.MemberActive)
		before := x.head().Seq
		err := s.BeginBackup(ctx, "/mnt/backup")
		wantCode(t, string(role), err, model.CodeDenied)
		if words := model.Sentence(err); !strings.Contains(words, "A backup holds") || !strings.Contains(words, "grant you policy.manage") {
			t.Errorf("%s: told %q", role, words)
		}
		if es := x.events(before); len(es) != 1 || es[0].Outcome != model.Denied || es[0].Action != model.BackupMade {
			t.Errorf("%s: events %+v", role, es)
		}
	}
	x.wantSound()
}
