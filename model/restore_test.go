package model_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// backup copies the team's database and returns the path.
func (x *team) backup() string {
	x.Helper()
	path := filepath.Join(x.TempDir(), "backup")
	f, err := storage.CreateNewFile(path, 0)
	if err == nil {
		err = x.sqlite().Backup(ctx, f)
	}
	if err != nil {
		x.Fatal(err)
	}
	return path
}

// lines is the whole trail as an export has it, a line for each event.
func (x *team) lines() []string {
	x.Helper()
	return x.linesFor(x.ada)
}

func (x *team) linesFor(s *model.Session) []string {
	x.Helper()
	es, err := s.Entries(ctx, model.EventQuery{})
	if err != nil {
		x.Fatal(err)
	}
	var lines []string
	for _, e := range es {
		line, err := e.Line()
		if err != nil {
			x.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	return lines
}

// draft opens a copy of a backup.
func (x *team) draft(backup string) *model.Service {
	x.Helper()
	d, err := storage.OpenDraft(ctx, backup, filepath.Join(x.TempDir(), "restored"))
	if err != nil {
		x.Fatal(err)
	}
	x.Cleanup(d.Discard)
	s := model.NewService(d, x.seal, x.clock.now)
	if _, err := s.Open(ctx); err != nil {
		x.Fatal(err)
	}
	return s
}

// Each key comes back as the events prove it to be, or else suspended.
func TestRestore(t *testing.T) {
	x := newTeam(t)
	ids, secrets := map[string]model.KeyID{}, map[string]model.Secret{}
	create := func(name string) {
		k, s := x.create(model.KeySpec{Application: name})
		ids[name], secrets[name] = k.ID, s
	}
	names := []string{"untouched", "denied", "confirmed", "regenerated", "edited", "suspended", "resumed", "revoked", "owned", "dormant", "dead"}
	for _, name := range names {
		create(name)
	}
	_, err1 := x.ada.SuspendKey(ctx, ids["dormant"])
	_, err2 := x.ada.RevokeKey(ctx, ids["dead"])
	pat := x.join("pat", model.PlainMember, model.MemberActive)
	owner := "pat@example.com"
	_, err3 := x.ada.EditKey(ctx, ids["owned"], 0, model.KeyEdit{Owner: &owner})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	backup := x.backup()
	ended := x.head().Seq

	_, err0 := pat.RevokeKey(ctx, ids["denied"]) // is not allowed
	_, fresh, err1 := x.ada.RegenerateSecret(ctx, ids["regenerated"], 0)
	purpose := "another"
	_, err2 = x.ada.EditKey(ctx, ids["edited"], 0, model.KeyEdit{Purpose: &purpose})
	_, err3 = x.ada.SuspendKey(ctx, ids["suspended"])
	_, err4 := x.ada.SuspendKey(ctx, ids["resumed"])
	_, err5 := x.ada.ResumeKey(ctx, ids["resumed"])
	_, err6 := x.ada.RevokeKey(ctx, ids["revoked"])
	err7 := x.ada.ConfirmSecret(ctx, ids["confirmed"], 1)
	_, err8 := x.ada.ResumeKey(ctx, ids["dormant"])
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil || err0 == nil {
		t.Fatal(err, err0)
	}
	create("later")
	if err := x.service.AppendOther(ctx, model.Event{Action: "member.removed", Outcome: model.Done, Member: owner}); err != nil {
		t.Fatal(err)
	}
	lines := x.lines()
	now := x.head().Seq

	for _, c := range []struct {
		what   string
		events []string // nil for none
		active []string
		dead   []string
	}{
		{"without events", nil, nil, []string{"dead"}},
		{"with the whole trail", lines, []string{"untouched", "denied", "confirmed"}, []string{"revoked", "dead"}},
		{"with what came after", lines[ended:], []string{"untouched", "denied", "confirmed"}, []string{"revoked", "dead"}},
		{"with nothing after", lines[:ended], []string{"untouched", "denied", "confirmed", "regenerated", "edited", "suspended", "resumed", "revoked", "owned"}, []string{"dead"}},
	} {
		s := x.draft(backup)
		var later *model.Later
		if c.events != nil {
			var err error
			if later, err = s.ReadLater(ctx, strings.NewReader(strings.Join(c.events, ""))); err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
		}
		done, err := s.Restore(ctx, "ro\x1bot", later)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if done.Team != "Acme" || done.Ended != ended || done.Active != len(c.active) || done.Revoked != len(c.dead) || done.Suspended != len(names)-len(c.active)-len(c.dead) {
			t.Errorf("%s: %+v", c.what, done)
		}
		if c.events != nil && c.what != "with nothing after" {
			if later.To != now || len(later.Missing) != 1 || later.Missing[0] != (model.MissingKey{ID: ids["later"], Application: "later"}) ||
				later.Others != 1 || strings.Join(later.Undone, "|") != "empress removed pat from the team" {
				t.Errorf("%s: %+v", c.what, later)
			}
		}
		for _, name := range names {
			want := model.ReasonSuspended
			if slices.Contains(c.active, name) {
				want = model.ReasonOK
			} else if slices.Contains(c.dead, name) {
				want = model.ReasonRevoked
			}
			if d, err := s.Verify(ctx, model.Request{Key: ids[name], Secret: secrets[name]}); err != nil || d.Reason != want {
				t.Errorf("%s: the key that was %s gets %s, want %s, %v", c.what, name, d.Reason, want, err)
			}
		}
		if d, err := s.Verify(ctx, model.Request{Key: ids["regenerated"], Secret: fresh}); err != nil || d.Allowed {
			t.Errorf("%s: a later secret gets %+v, %v", c.what, d, err)
		}
		if report, err := s.CheckAudit(ctx); err != nil || report.Found > 0 {
			t.Errorf("%s: %+v, %v", c.what, report, err)
		}
		removed := c.events != nil && c.what != "with nothing after"
		if _, err := s.SignIn(ctx, model.Identity{Login: "pat"}); (err != nil) != removed || done.Members != map[bool]int{true: 1}[removed] {
			t.Errorf("%s: who was removed signs in with %v; %d are suspended", c.what, err, done.Members)
		}
		ada, err := s.SignIn(ctx, model.Identity{Login: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		es, err := ada.Events(ctx, model.EventQuery{})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(es)
		told := es[ended]
		if told.Action != model.TeamRestored || told.Actor != 0 || !strings.HasPrefix(told.Note, fmt.Sprintf(`by ro\u{1b}ot, from event %d on`, ended)) {
			t.Errorf("%s: the trail goes on with %+v", c.what, told)
		}
		for _, e := range es[ended+1:] {
			if e.Actor != 0 || e.Note != "restored from a backup" || !slices.Contains([]model.Action{model.KeySuspended, model.KeyRevoked, model.MemberWasSuspended, model.ApplicationCreated}, e.Action) {
				t.Errorf("%s: event %+v", c.what, e)
			}
		}
	}
}

// What somebody could come in by or do, and what was taken since, does not come
// back with a backup: not of the last administrator either.
func TestRestoreEndsAgain(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	x.join("eve", model.ITManager, model.MemberActive)
	max := x.join("max", model.PlainMember, model.MemberActive)
	numbers := map[string]int64{}
	for name, member := range map[string]string{"lost laptop": "ada", "desk": "ada", "of eve": "eve"} {
		k, err := x.ada.AddSSHKey(ctx, member, newSSHLine(t), name)
		if err != nil {
			t.Fatal(err)
		}
		numbers[name] = k.ID
	}
	taken, err1 := x.ada.GiveGrant(ctx, "max", model.KeysRegenerate, "", time.Time{})
	kept, err2 := x.ada.GiveGrant(ctx, "max", model.KeysEdit, "billing", time.Time{})
	backup := x.backup()
	err3 := x.ada.RemoveSSHKey(ctx, numbers["lost laptop"])
	err4 := x.ada.RemoveSSHKey(ctx, numbers["of eve"])
	err5 := max.TakeGrant(ctx, taken.ID)
	newer, err6 := x.ada.AddSSHKey(ctx, "max", newSSHLine(t), "after the backup")
	if err := errors.Join(err1, err2, err3, err4, err5, err6, x.ada.RemoveSSHKey(ctx, newer.ID)); err != nil {
		t.Fatal(err)
	}
	s := x.draft(backup)
	later, err := s.ReadLater(ctx, strings.NewReader(strings.Join(x.lines(), "")))
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.Restore(ctx, "root", later)
	if err != nil || done.SSHKeys != 2 || done.Grants != 1 || done.Members != 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	if len(later.Undone) != 1 || !strings.Contains(later.Undone[0], "added an SSH key") {
		t.Errorf("not made again: %q", later.Undone)
	}
	ada, err := s.SignIn(ctx, model.Identity{Login: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	for member, want := range map[string][]string{"ada": {"desk"}, "eve": nil, "max": nil} {
		ks, err := ada.SSHKeys(ctx, member)
		var names []string
		for _, k := range ks {
			names = append(names, k.Name)
		}
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("%s has the SSH keys %q, %v", member, names, err)
		}
	}
	gs, err := ada.Grants(ctx, "max")
	for _, g := range gs {
		if g.Holds != (g.ID == kept.ID) {
			t.Errorf("grant %d holds: %t", g.ID, g.Holds)
		}
	}
	if report, err2 := s.CheckAudit(ctx); errors.Join(err, err2) != nil || report.Found > 0 {
		t.Errorf("%+v, %v, %v", report, err, err2)
	}
}

// A login that was taken from an administrator since is not let in again.
func TestRestoreAfterRecovery(t *testing.T) {
	x := newTeam(t)
	x.join("eve", model.Administrator, model.MemberActive)
	backup := x.backup()
	if err := x.service.Recover(ctx, model.Identity{Login: "root", Via: model.ViaCommand}, "eve", "eva"); err != nil {
		t.Fatal(err)
	}
	s := x.draft(backup)
	later, err := s.ReadLater(ctx, strings.NewReader(strings.Join(x.lines(), "")))
	if err != nil {
		t.Fatal(err)
	}
	if done, err := s.Restore(ctx, "root", later); err != nil || done.Members != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := s.SignIn(ctx, model.Identity{Login: "eve"}); err == nil {
		t.Error("the login of before is let in again")
	}
}

// Events that do not go on from the backup, all of them and as they were, are
// refused by their line. Their order and repetitions do not matter.
func TestReadLater(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	backup := x.backup()
	ended := int(x.head().Seq)
	for range 3 {
		_, err1 := x.ada.SuspendKey(ctx, k.ID)
		_, err2 := x.ada.ResumeKey(ctx, k.ID)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
	}
	lines := x.lines()
	other := newTeam(t)
	other.create(model.KeySpec{Application: "billing"})
	other.create(model.KeySpec{Application: "shop"})
	strange := other.lines()
	with := func(i int, from, to string) []string {
		changed := slices.Clone(lines)
		if changed[i] = strings.Replace(changed[i], from, to, 1); changed[i] == lines[i] {
			t.Fatalf("nothing to change in %s", lines[i])
		}
		return changed
	}
	s := x.draft(backup)
	backwards := slices.Clone(lines)
	slices.Reverse(backwards)
	for what, events := range map[string][]string{
		"whole": lines, "from the end of the backup": lines[ended-1:], "after it": lines[ended:], "backwards": backwards, "twice": append(slices.Clone(lines), lines...),
		"blank lines": {strings.Join(lines, "\n\n")}, "a part, and all": append(slices.Clone(lines[ended+2:]), lines...),
	} {
		later, err := s.ReadLater(ctx, strings.NewReader(strings.Join(events, "")))
		if err != nil || later.From != int64(ended) || later.To != int64(len(lines)) {
			t.Errorf("%s: %+v, %v", what, later, err)
		}
	}
	last := len(lines) - 1
	for what, c := range map[string]struct {
		events []string
		line   int // 0 for none
	}{
		"empty":              {nil, 0},
		"too early":          {lines[:ended-1], 0},
		"too late":           {lines[ended+1:], 1},
		"a gap":              {slices.Delete(slices.Clone(lines), ended+1, ended+2), ended + 2},
		"another action":     {with(last, "key.resumed", "key.suspended"), last + 1},
		"another time":       {with(last, `"at":"2`, `"at":"3`), last + 1},
		"another MAC":        {with(ended, `"mac":"`+strings.Split(lines[ended], `"mac":"`)[1][:4], `"mac":"0000`), ended + 1},
		"another previous":   {with(ended, `"previous":"`+strings.Split(lines[ended], `"previous":"`)[1][:4], `"previous":"0000`), ended + 1},
		"another end":        {with(ended-1, `"mac":"`+strings.Split(lines[ended-1], `"mac":"`)[1][:4], `"mac":"0000`), ended},
		"a cut line":         {append(slices.Clone(lines[:last]), lines[last][:90]), last + 1},
		"no JSON":            {append([]string{"hello\n"}, lines...), 1},
		"another database":   {strange[ended:], 1},
		"two tales":          {append(slices.Clone(lines), with(last, `"mac":"`+strings.Split(lines[last], `"mac":"`)[1][:4], `"mac":"0000`)[last]), len(lines) + 1},
		"a number too great": {with(last, fmt.Sprintf(`"sequence":%d`, len(lines)), `"sequence":99`), last + 1},
	} {
		later, err := s.ReadLater(ctx, strings.NewReader(strings.Join(c.events, "")))
		words := model.Sentence(err)
		if later != nil || !errors.Is(err, model.ErrDamaged) || (c.line > 0) != strings.HasPrefix(words, fmt.Sprintf("Line %d of the events ", c.line)) {
			t.Errorf("%s: %+v, %q, want line %d", what, later, words, c.line)
		}
	}
	if _, err := s.ReadLater(ctx, bytes.NewReader(bytes.Repeat([]byte("x"), 5<<20))); !errors.Is(err, &model.Error{Code: model.CodeFailed}) {
		t.Errorf("an endless line: %v", err)
	}
}

// A backup in which anything does not fit is refused, and nothing changes.
func TestRestoreRefuses(t *testing.T) {
	for what, statement := range map[string]string{
		"a row changed":     "UPDATE keys SET scopes = 'admin'",
		"an event changed":  "UPDATE events SET note = 'x' WHERE seq = 2",
		"no administrator":  "UPDATE members SET status = 'removed'",
		"an end cut off":    "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)",
		"a key taken away":  "DELETE FROM keys",
		"an older row back": "UPDATE keys SET state = 'suspended'",
	} {
		x := newTeam(t)
		x.create(model.KeySpec{Application: "billing"})
		x.tamper(statement)
		s := x.draft(x.backup())
		if _, err := s.Restore(ctx, "root", nil); !errors.Is(err, model.ErrDamaged) || !strings.HasPrefix(model.Sentence(err), "The backup is not whole: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
