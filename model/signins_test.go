package model_test

import (
	"context"
	"testing"
	"time"

	"empress/model"
)

// came is when and by what a member last came in, as by sees it.
func (x *team) came(by *model.Session, of model.MemberID) model.SignIn {
	x.Helper()
	in, err := by.LastSignIn(ctx, of)
	if err != nil || in.Member != of {
		x.Fatalf("%+v, %v", in, err)
	}
	return in
}

func TestLastSignIn(t *testing.T) {
	x := newTeam(t)
	if in := x.came(x.ada, 1); !in.At.Equal(x.clock.now()) || in.By() != "login" {
		t.Errorf("who founds the team came by %+v", in)
	}
	kim, err := x.ada.AddMember(ctx, model.MemberSpec{Name: "Kim", Email: "kim@example.com", Login: "kim", Role: model.PlainMember})
	if err != nil {
		t.Fatal(err)
	}
	if in := x.came(x.ada, kim.ID); !in.At.IsZero() || in.Unknown {
		t.Errorf("who never came: %+v", in)
	}
	kept := time.Time{}
	for _, c := range []struct {
		name   string
		after  time.Duration
		glance bool
		kept   bool
	}{
		{"a shell that completes a word", time.Hour, true, false},
		{"the first", 0, false, true},
		{"a moment later", time.Minute - time.Millisecond, false, false},
		{"a minute after what is kept", time.Millisecond, false, true},
		{"a day later", 24 * time.Hour, false, true},
		{"when the clock was put right", -2 * time.Hour, false, true},
		{"at the same instant", 0, false, false},
	} {
		x.clock.move(c.after)
		s, err := x.reopened().SignIn(ctx, model.Identity{Login: "kim", Glance: c.glance})
		if err != nil {
			t.Fatal(err)
		}
		if c.kept {
			kept = x.clock.now()
		}
		for _, by := range []*model.Session{x.ada, s} {
			if in := x.came(by, kim.ID); !in.At.Equal(kept) || in.SSHKey != 0 {
				t.Errorf("%s: %s sees %+v, want %s", c.name, by.Me().Name, in, kept)
			}
		}
	}
	if _, err := x.ada.SuspendMember(ctx, "kim"); err != nil {
		t.Fatal(err)
	}
	x.clock.move(time.Hour)
	_, err = x.service.SignIn(ctx, model.Identity{Login: "kim"})
	wantCode(t, "a suspended member", err, model.CodeDenied)
	if in := x.came(x.ada, kim.ID); !in.At.Equal(kept) {
		t.Errorf("who was kept out came in: %+v", in)
	}
	x.wantSound()
}

func TestLastSignInIsSeenByPermission(t *testing.T) {
	x := newTeam(t)
	kim := x.join("kim", model.PlainMember, model.MemberActive)
	for name, s := range map[string]*model.Session{"an auditor": x.join("bo", model.Auditor, model.MemberActive),
		"by a grant": x.join("li", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersView})} {
		if in := x.came(s, 1); in.At.IsZero() {
			t.Errorf("%s sees %+v", name, in)
		}
		_, err := s.LastSignIn(ctx, 99)
		wantCode(t, name+", of nobody", err, model.CodeNotFound)
	}
	if in := x.came(kim, kim.Me().ID); in.At.IsZero() {
		t.Errorf("a member sees of themselves %+v", in)
	}
	for _, of := range []model.MemberID{1, 99} {
		in, err := kim.LastSignIn(ctx, of)
		if wantCode(t, "of another, by who may not", err, model.CodeDenied); in != (model.SignIn{}) {
			t.Errorf("who may not is told %+v", in)
		}
	}
}

// A team that is founded for somebody else is no sign-in of theirs, and what is
// left of a database that was at the same place is nobody's.
func TestSignInsOfOthersAreNotTheirs(t *testing.T) {
	x := newTeam(t)
	kim := x.join("kim", model.PlainMember, model.MemberSuspended)
	if kim != nil {
		t.Fatal("a suspended member came in")
	}
	if err := x.store.RecordSignIn(ctx, model.SignIn{Member: 2, At: x.clock.now().Add(-time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	if in := x.came(x.ada, 2); !in.At.IsZero() || in.Unknown {
		t.Errorf("one from before the member: %+v", in)
	}
	other := emptyTeam(t)
	s, err := other.service.Found(ctx, model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, model.Identity{Login: "root"})
	if err != nil {
		t.Fatal(err)
	}
	if in := other.came(s, 1); !in.At.IsZero() {
		t.Errorf("who never came: %+v", in)
	}
}

func TestSignInBySSHKey(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	if _, err := x.ada.AddMember(ctx, model.MemberSpec{Name: "Kim", Email: "kim@example.com", Role: model.Auditor}); err != nil { // without a login
		t.Fatal(err)
	}
	var keys []model.SSHKey
	for range 2 {
		k, err := x.ada.AddSSHKey(ctx, "kim@example.com", newSSHLine(t), "")
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	x.clock.move(time.Hour)
	proved := model.Identity{Login: "max", SSHKey: keys[1].Fingerprint, Via: model.ViaSSH, From: "192.0.2.7"}
	kim, err := x.service.SignIn(ctx, proved)
	if err != nil || kim.Me().Email != "kim@example.com" || kim.Via() != model.ViaSSH {
		t.Fatal(err)
	}
	if in := x.came(x.ada, kim.Me().ID); in.SSHKey != keys[1].ID || in.By() != "SSH key" || !in.At.Equal(x.clock.now()) {
		t.Errorf("%+v", in)
	}
	ks, err := x.ada.SSHKeys(ctx, "kim@example.com")
	if err != nil || !ks[0].UsedAt.IsZero() || ks[0].UseUnknown || !ks[1].UsedAt.Equal(x.clock.now()) {
		t.Errorf("%+v, %v", ks, err)
	}
	_, err = kim.Member(ctx, "")
	wantCode(t, "nobody, by who has no login", err, model.CodeNotFound)
	x.clock.move(time.Second) // another key is told apart, however soon
	if _, err := x.service.SignIn(ctx, model.Identity{SSHKey: keys[0].Fingerprint, Via: model.ViaSSH}); err != nil {
		t.Fatal(err)
	}
	if in := x.came(kim, kim.Me().ID); in.SSHKey != keys[0].ID || !in.At.Equal(x.clock.now()) {
		t.Errorf("%+v", in)
	}
	if err := x.ada.RemoveSSHKey(ctx, keys[1].ID); err != nil {
		t.Fatal(err)
	}
	_, err = x.service.SignIn(ctx, proved)
	wantCode(t, "a key that was removed", err, model.CodeDenied)
	if want := "You came with the SSH key " + keys[1].Fingerprint + ", and team Acme knows nobody of that key. Ask its administrator to add it."; model.Sentence(err) != want {
		t.Errorf("they are told %q", model.Sentence(err))
	}
	_, err = x.service.SignIn(ctx, model.Identity{Via: model.ViaSSH})
	wantCode(t, "neither a login nor a key", err, model.CodeDenied)
	x.wantSound()
	x.tamper("UPDATE ssh_keys SET member_id = 1 WHERE id = ?", keys[0].ID)
	_, err = x.service.SignIn(ctx, model.Identity{SSHKey: keys[0].Fingerprint})
	wantCode(t, "a key that was given to another outside empress", err, model.CodeDamaged)
}

// sickStore keeps sign-ins badly.
type sickStore struct {
	model.Store
	record func(context.Context) error
	read   error
}

func (s sickStore) RecordSignIn(ctx context.Context, _ model.SignIn) error { return s.record(ctx) }

func (s sickStore) SignIns(ctx context.Context, of model.MemberID) ([]model.SignIn, error) {
	if s.read != nil {
		return nil, s.read
	}
	return s.Store.SignIns(ctx, of)
}

// Nobody is kept out because their sign-in cannot be kept, nor waits long, and
// never is not said of what is not known.
func TestSignInsThatCannotBeKept(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberSuspended)
	if _, err := x.ada.ResumeMember(ctx, "max"); err != nil {
		t.Fatal(err)
	}
	if _, err := x.ada.AddSSHKey(ctx, "max", newSSHLine(t), ""); err != nil {
		t.Fatal(err)
	}
	waits := func(c context.Context) error {
		if _, limited := c.Deadline(); !limited {
			t.Error("a sign-in waits for ever")
			return nil
		}
		<-c.Done()
		return c.Err()
	}
	fails := func(context.Context) error { return model.ErrUnavailable }
	for name, store := range map[string]sickStore{"slow": {x.store, waits, nil}, "full": {x.store, fails, nil}, "unreadable": {x.store, fails, model.ErrDamaged}} {
		s, err := model.NewService(store, x.seal, x.clock.now).SignIn(ctx, model.Identity{Login: "max"})
		if err != nil {
			t.Fatal(name, err)
		}
		if in := x.came(s, s.Me().ID); in.Unknown != (store.read != nil) || !in.At.IsZero() {
			t.Errorf("%s: %+v", name, in)
		}
		ks, err := s.SSHKeys(ctx, "max")
		if err != nil || len(ks) != 1 || ks[0].UseUnknown != (store.read != nil) {
			t.Errorf("%s: %+v, %v", name, ks, err)
		}
	}
}
