package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// rotateDue opens Rotation and plans all that is due, with a delivery by its
// number.
func (d *driver) rotateDue(delivery string) {
	d.t.Helper()
	d.press("2", "d", "enter", delivery)
}

// start types the number of keys of a plan.
func (d *driver) start(n string) {
	d.t.Helper()
	d.press("enter")
	d.write(n)
	d.press("enter")
}

// delivers are the secrets that were delivered, by application.
type delivers map[string]string

// handing takes secrets as a command does, but for some applications.
func (d *driver) handing(refuses ...string) delivers {
	got := delivers{}
	d.root.deliver = func(_ context.Context, _, _ string, k model.Key, secret model.Secret) error {
		if slices.ContainsFunc(refuses, func(s string) bool { return strings.HasPrefix(k.Application, s) }) {
			return &Undelivered{Why: "exit status 3", Said: "no such vault"}
		}
		got[k.Application] = secret.Reveal()
		return nil
	}
	return got
}

// memoryFile takes the secrets of a rotation where a file would.
type memoryFile struct {
	delivers
	settled, accepted, undone, left int
	full                            bool
}

func (f *memoryFile) Deliver(k model.Key, s model.Secret) error {
	f.delivers[k.Application] = s.Reveal()
	return nil
}

func (f *memoryFile) Settle() error {
	if f.full {
		return model.Errorf(model.CodeFailed, "The disk that holds new.secrets is full.")
	}
	f.settled++
	return nil
}

func (f *memoryFile) Accept()      { f.accepted++ }
func (f *memoryFile) Undo() error  { f.undone++; return nil }
func (f *memoryFile) Leave() error { f.left++; return nil }

// The secrets of all that are due are shown one after the other, in windows of
// every size.
func TestRotationByReveal(t *testing.T) {
	alone(t)
	for _, size := range sizes {
		d := newDriver(t, rotatingTeam)
		d.resize(size[0], size[1])
		old := d.keyOf("billing")
		d.rotateDue("1")
		d.sees("Rotation > Plan", "3 keys get new secrets.", "billing", old.ID.Short(), "used 2 min ago by 10.0.0.4", "Its secret is 120 days old")
		d.press("enter")
		d.sees("Rotate 3 keys", "its old one stops working at once", "Type 3 to go on")
		d.write("2")
		d.press("enter")
		d.sees("That is not 3. Nothing was done.")
		d.press("backspace")
		d.write("3")
		d.press("enter")
		for i, application := range []string{"billing", "ci-deploy", "edge-cache"} {
			d.sees(fmt.Sprintf("%d of 3: new API secret of %s", i+1, application))
			if secret := d.root.top().(*secretOverlay).secret.Reveal(); !d.allowed(d.keyOf(application).ID, secret) {
				t.Errorf("the secret of %s does not work", application)
			}
			d.press("d")
			if k := d.keyOf(application); k.Unconfirmed() || k.Due != 0 || k.Generation != 2 {
				t.Errorf("%s: %+v", application, k)
			}
		}
		d.sees("Rotation > Run", "Done: all 3 keys have new secrets.", "3 done")
		d.missing("emps_a", "r try again")
		d.press("esc")
		d.sees("API Access > Rotation", "No key is due for a new secret.")
	}
}

// A run that is stopped leaves the rest due, also what nothing else makes due,
// and Rotation goes on with it.
func TestRotationStopsAndResumes(t *testing.T) {
	d := newDriver(t, rotatingTeam)
	d.press("2", "*", "r", "1") // all keys, of which two are not due
	d.sees("5 keys get new secrets.", "It stays suspended.")
	d.start("5")
	d.sees("1 of 5: new API secret of billing", "x stop after this one")
	d.press("x")
	d.sees("It stops after what is under way.")
	d.press("d")
	d.sees("Ended: 1 of 5 keys done.", "1 done, 4 not begun", "r tries again")
	d.press("esc", "d")
	d.missing("billing")
	d.sees("Rotate all 3 that are due", "nightly", "It was chosen to be rotated")
	d.press("enter", "1")
	d.start("3")
	d.press("d")
	d.press("esc", "y") // left, and so not delivered
	d.sees("Ended: 1 of 3 keys done.", "1 done, 1 not delivered, 1 not begun", "> edge-cache", "Nobody said that its new secret is stored.")
	d.press("r")
	d.sees("2 keys get new secrets.", "Its new secret was not delivered.")
	d.start("2")
	d.press("d", "d")
	d.sees("Done: all 2 keys have new secrets.")
}

// Nobody who is there is an end, too: no other secret stops working.
func TestRotationLeftAlone(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	d.rotateDue("1")
	d.start("3")
	d.send(idledMsg{d.root.top().(*secretOverlay).idle})
	d.sees("Ended: 0 of 3 keys done.", "1 not delivered, 2 not begun")
	if k := d.keyOf("ci-deploy"); k.Generation != 1 {
		t.Fatal("another secret was made with nobody there")
	}
}

// A command takes each secret; what it refuses is not delivered, in the list and
// in the trail, and can be tried again.
func TestRotationByCommand(t *testing.T) {
	d := newDriver(t, rotatingTeam)
	got := d.handing("ci-deploy")
	d.rotateDue("3")
	d.sees("Command for the new secrets")
	d.press("enter")
	d.sees("Give the command that takes each secret")
	d.write("put-secret")
	d.press("enter")
	d.sees("Each new secret goes to the standard input of: put-secret")
	d.start("3")
	d.sees("Ended: 2 of 3 keys done.", "2 done, 1 not delivered", "> ci-deploy", "not delivered", "The command did not take its new secret: exit status 3: no such vault.")
	for _, application := range []string{"billing", "edge-cache"} {
		if !d.allowed(d.keyOf(application).ID, got[application]) {
			t.Errorf("what was delivered for %s does not work", application)
		}
	}
	if k := d.keyOf("ci-deploy"); k.Due != model.NotDelivered || k.Generation != 2 {
		t.Fatalf("%+v", k)
	}
	es, err := d.session.Events(context.Background(), model.EventQuery{Action: model.KeyNotDelivered})
	d.must(err)
	if len(es) != 1 || es[0].Note != "exit status 3" {
		t.Fatalf("the trail says %+v", es)
	}
	d.handing()
	d.press("r")
	d.sees("1 key gets a new secret.", "put-secret", "Its new secret was not delivered")
	d.start("1")
	d.sees("Done: the key has its new secret.")
	d.press("esc")
	d.sees("No key is due")
}

// Why a secret was not delivered can be read to its end in windows of every size,
// with the cursor on it.
func TestRotationSaysWhyInFull(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, rotatingTeam)
		d.resize(size[0], size[1])
		said := "cannot put it: the vault at vault.internal.example.com is sealed until somebody opens it again"
		d.root.deliver = func(context.Context, string, string, model.Key, model.Secret) error {
			return &Undelivered{Why: "exit status 3", Said: said}
		}
		d.rotateDue("3")
		d.write("put-secret")
		d.press("enter")
		d.start("3")
		for _, application := range []string{"billing", "ci-deploy", "edge-cache"} {
			d.sees("> "+application, "The command did not take its new secret: exit status 3: "+said+".")
			d.press("down")
		}
		said += strings.Repeat(" and", 1000)
		d.press("r")
		d.start("3")
		d.sees("and and …") // which no window holds
	}
}

// A command that is wrong does not cost every key its secret.
func TestRotationStopsByItself(t *testing.T) {
	alone(t)
	d := newDriver(t, manyKeys(6))
	d.handing("service")
	d.press("2", "*", "r", "3")
	d.write("put-secret")
	d.press("enter")
	d.start("6")
	d.sees("Ended: 0 of 6 keys done.", "3 not delivered, 3 not begun", "It stopped, as 3 secrets in a row were not delivered.")
	if d.keyOf("service-0003").Generation != 1 {
		t.Fatal("it went on")
	}
}

// The secrets of many keys go to a file, some at a time; what is refused, as
// somebody regenerated it or it may not be done any more, is told and left.
func TestRotationByFile(t *testing.T) {
	d := newDriver(t, rotatingTeam)
	file := &memoryFile{delivers: delivers{}}
	d.root.newSecrets = func(path string) (SecretsFile, error) {
		if path != "/tmp/new.secrets" {
			return nil, model.Errorf(model.CodeConflict, "%s exists already and is not overwritten.", path)
		}
		return file, nil
	}
	d.rotateDue("2")
	d.press("ctrl+u")
	d.write("/tmp/old.secrets")
	d.press("enter")
	d.start("3")
	d.sees("/tmp/old.secrets exists already and is not overwritten.")
	d.press("esc", "esc", "enter", "2", "ctrl+u")
	d.write("/tmp/new.secrets")
	d.press("enter")
	d.sees("The new secrets go to the new file /tmp/new.secrets, which only you can read.")
	k := d.keyOf("ci-deploy")
	_, _, err := d.session.RegenerateSecret(context.Background(), k.ID, k.Generation)
	d.must(err)
	d.start("3")
	d.sees("Ended: 2 of 3 keys done.", "> ci-deploy", "failed", "Somebody regenerated the secret of ci-deploy meanwhile")
	if len(file.delivers) != 2 || file.settled != 1 || file.accepted != 1 || file.undone != 0 || file.left != 1 || !d.allowed(d.keyOf("billing").ID, file.delivers["billing"]) {
		t.Fatalf("%+v", []any{len(file.delivers), file.settled, file.accepted, file.undone, file.left})
	}
}

// A file that cannot take the secrets leaves every key as it was.
func TestRotationFileFull(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	file := &memoryFile{delivers: delivers{}, full: true}
	d.root.newSecrets = func(string) (SecretsFile, error) { return file, nil }
	d.rotateDue("2")
	d.press("enter")
	d.start("3")
	d.sees("Ended: 0 of 3 keys done.", "3 failed", "It stopped: The disk that holds new.secrets is full.")
	if file.accepted != 0 || file.undone != 1 || file.left != 1 || d.keyOf("billing").Generation != 1 {
		t.Fatal("something was done, or the file was not ended")
	}
}

// Permission that is lost on the way ends nothing but what it was for.
func TestRotationWithoutPermissionMeanwhile(t *testing.T) {
	alone(t)
	d := newDriver(t, func(d *driver) {
		rotatingTeam(d)
		d.second("kim", model.ITManager)
	})
	ada := d.session
	d.signIn("kim")
	d.rotateDue("1")
	d.start("3")
	d.sees("1 of 3")
	_, err := ada.SetRole(context.Background(), "kim", model.Auditor)
	d.must(err)
	d.press("d")
	d.sees("Ended: 0 of 3 keys done.", "1 not delivered, 2 failed", "you may not regenerate")
}

// When the store fails in the middle the run ends, with the rest not begun.
func TestRotationOffline(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	d.root.deliver = func(context.Context, string, string, model.Key, model.Secret) error { d.store.down = true; return nil }
	d.rotateDue("3")
	d.write("put-secret")
	d.press("enter")
	d.start("3")
	d.store.down = false
	d.sees("1 not delivered, 1 failed, 1 not begun", "Its new secret arrived, which could not be noted", "It stopped: The disk")
}

// Whoever is elsewhere has neither files nor commands here, and whoever may not
// regenerate is told so.
func TestRotationLimits(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	d.press("2", "d", "r")
	d.sees("How do the new secrets reach their places?", "Write them to one new file (not possible here)")
	for _, k := range []string{"2", "3"} {
		d.press(k)
		d.sees("of the computer that empress runs on. Show the secrets one after the other.")
	}
	d.press("esc")
	d.asAuditor()
	d.press("f5", "g")
	d.sees("(not allowed: enter says why)")
	d.press("enter")
	d.sees("As an Auditor you may not regenerate")
	d.press("*", "r")
	d.sees("As an Auditor you may not regenerate")
	d.press("u", "g", "j", "j", "j", "o")
	d.sees("> edge-cache", "As an Auditor you may not regenerate")
	d.press("?", "/")
	d.write("chosen")
	d.sees("no longer chosen to be rotated As an Auditor you may not")
}

// The plan says which keys are left out and why, and extends those that expire
// soon where that is wanted.
func TestRotationPlan(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	_, err := d.session.RevokeKey(context.Background(), d.keyOf("edge-cache").ID)
	d.must(err)
	d.press("2", "*", "r", "1")
	d.sees("4 keys get new secrets, 1 key is left out.", "Keys that expire soon are not extended")
	d.press("G")
	d.sees("> edge-cache", "left out", "Left out: it is revoked.")
	d.press("e")
	d.sees("Keys that expire within 30 days go on from now, for as long as they were given", "It expires in 10 days. It goes on until 2026-05-01.")
	d.start("4")
	d.press("d", "d")
	if k := d.keyOf("ci-deploy"); !k.ExpiresAt.Equal(start.AddDate(0, 0, 60)) {
		t.Errorf("it expires at %v", k.ExpiresAt)
	}
	d.sees("3 of 4")
}

// While a run is under way it is not left: the first quit stops it.
func TestRotationIsNotLeft(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	d.handing()
	d.rotateDue("3")
	d.write("put-secret")
	d.press("enter", "enter")
	d.write("3")
	_, begun := d.root.Update(keyNamed("enter"))
	d.queue = nil
	msg := begun()
	_, first := d.root.Update(msg)
	d.press("?")
	d.missing("Keys on this screen")
	d.press("esc")
	d.sees("It stops after what is under way.")
	d.press("ctrl+c")
	d.root.idle.limit, d.root.idle.touched = time.Minute, d.clock.Add(-time.Hour)
	d.send(leftMsg{})
	if d.root.quitting {
		t.Fatal("it was left")
	}
	d.run(first)
	d.send(nil)
	d.sees("Ended: 1 of 3 keys done.")
	d.press("ctrl+c")
	if !d.root.quitting {
		t.Fatal("it cannot be left")
	}
}

// The secrets of a run are in no message that a log would see, whichever way they
// go.
func TestRotationCanary(t *testing.T) {
	d := newDriver(t, rotatingTeam)
	var printed strings.Builder
	d.watch = func(v any) { fmt.Fprintf(&printed, "%v\n%+v\n%#v\n", v, v, v) }
	got := d.handing("edge-cache")
	file := &memoryFile{delivers: delivers{}}
	d.root.newSecrets = func(string) (SecretsFile, error) { return file, nil }
	d.rotateDue("3")
	d.write("put-secret")
	d.press("enter")
	d.start("3")
	d.press("esc", "enter", "2", "enter")
	d.start("1")
	d.press("esc", "esc", "down", "space", "r", "1")
	d.start("1")
	shown := d.secretOnScreen()
	fmt.Fprintf(&printed, "%+v\n%#v\n", d.root.stack, d.root.stack)
	d.press("d")
	secrets := []string{shown, file.delivers["edge-cache"], got["billing"], got["ci-deploy"]}
	for _, secret := range secrets {
		if secret == "" {
			t.Fatal("a secret is missing")
		}
		for _, form := range forms(secret) {
			if strings.Contains(printed.String(), form) {
				t.Errorf("a secret can be read in what was printed, as %.12s…", form)
			}
		}
	}
	if !strings.Contains(printed.String(), "turnEndedMsg") || !strings.Contains(printed.String(), "turnsEndedMsg") {
		t.Fatal("not every message was looked at")
	}
}

// Of what was found, only what is still due is rotated; of what was chosen, all
// that there is.
func TestRotationPlanMeanwhile(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	found := rotation{all: &model.KeyQuery{}} // five keys, as if all had been due a moment ago
	p := newRotationPlan(d.root.surroundings, found, delivery{})
	for cmd := p.Init(); cmd != nil; {
		cmd = p.receive(cmd().(answeredMsg).msg.(planReadMsg).planSoFar)
	}
	if len(p.rows) != 3 || len(p.left) != 0 || !p.whole {
		t.Fatalf("%+v", p.rows)
	}
	p = newRotationPlan(d.root.surroundings, rotation{ids: []model.KeyID{d.keyOf("nightly").ID, "empk_00000000000000000000"}}, delivery{})
	p.SetSize(80, 20)
	read := p.Init()().(answeredMsg).msg.(planReadMsg)
	if p.receive(read.planSoFar); len(p.rows) != 1 || p.rows[0].why != "You chose it." || len(p.left) != 1 || !strings.Contains(p.View(), "(not known)") {
		t.Fatalf("%+v, %+v\n%s", p.rows, p.left, p.View())
	}
}
