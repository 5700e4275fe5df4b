package ui

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

var shownSecret = regexp.MustCompile(`emps_[0-9A-Za-z]{49}`)

func (d *driver) secretOnScreen() string {
	d.t.Helper()
	s := shownSecret.FindString(d.frame())
	if s == "" {
		d.t.Fatalf("no secret on the screen:\n%s", d.frame())
	}
	return s
}

func (d *driver) onlyKey() model.Key {
	d.t.Helper()
	page, err := d.session.Keys(context.Background(), model.KeyQuery{})
	d.must(err)
	if len(page.Keys) != 1 {
		d.t.Fatalf("%d keys, not one", len(page.Keys))
	}
	return page.Keys[0]
}

// The journey of the guide, from the first run on, by pressing enter along the
// path.
func TestJourney(t *testing.T) {
	d := emptyDriver(t)
	d.open(Options{
		Founding: model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"},
		Found: func(ctx context.Context, f model.Founding) (*model.Session, error) {
			s, err := d.service.Found(ctx, f, local)
			d.session = s
			return s, err
		},
	})
	d.sees("Welcome", "Acme", "ada@example.com")
	d.press("enter", "enter", "enter")
	d.sees("Dashboard", "Team Acme is ready", "> 1  Settings")
	d.press("enter")
	d.sees("Dashboard > Settings", "> 1  Profile & Team")
	d.press("enter")
	d.sees("Dashboard > Settings > Profile & Team", "> 1  API Access")
	d.press("enter")
	d.sees("Dashboard > Settings > Profile & Team > API Access", "> + Create New API Key")
	d.press("enter")
	d.sees("API Access > Create New API Key", "> Application")
	d.write("billing")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
	d.sees("Your new API key", "This is the only time")

	first, key := d.secretOnScreen(), d.onlyKey()
	if !d.allowed(key.ID, first) {
		t.Fatal("the new secret does not verify")
	}
	d.press("enter")
	d.sees("sent to your terminal's clipboard")
	d.press("d")
	d.sees("masked for ever: "+model.Mask, "> billing")
	d.missing("emps_" + first[5:])

	d.press("r")
	d.sees("Regenerate API Secret", "stops working at once")
	d.press("enter")
	second := d.secretOnScreen()
	if second == first || !d.allowed(key.ID, second) || d.allowed(key.ID, first) {
		t.Fatal("regenerating did not replace the secret")
	}
	d.press("d", "enter")
	d.sees(model.Mask, "secret number 2", "ada regenerated the secret of billing", "ada confirmed the secret of billing")
	if k := d.onlyKey(); k.Confirmed != 2 {
		t.Fatalf("secret %d is confirmed, not 2", k.Confirmed)
	}
	d.press("esc", "p", "enter")
	d.sees("billing suspended.")
	if d.allowed(key.ID, second) {
		t.Fatal("a suspended key verifies")
	}
	d.press("p", "enter")
	d.sees("billing resumed.")
	d.press("X")
	d.sees("Revoke the key of billing", "Type billing to go on")
	d.write("bill")
	d.press("enter")
	d.sees("That is not billing. Nothing was done.")
	d.write("ing")
	d.press("enter")
	d.sees("billing revoked.")
	if d.allowed(key.ID, second) {
		t.Fatal("a revoked key verifies")
	}
	d.press("r")
	d.sees("revoked, which is final")
	d.press("q")
	if !d.quit {
		t.Fatal("q does not quit")
	}
}

// Keys typed ahead land on the screen that they were meant for.
func TestKeysTypedAhead(t *testing.T) {
	d := newDriver(t, nil)
	d.press("enter", "enter", "enter", "n")
	d.write("nightly")
	d.press("tab", "tab")
	d.write("quick brown")
	d.sees("nightly", "quick brown")
}

// While the answer is on its way nothing that is pressed does anything, and
// nothing can be dismissed.
func TestWaitingCannotBeDismissed(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	d.press("2", "j", "r")
	_, cmd := d.root.Update(keyNamed("enter")) // the command is held back
	for _, k := range []string{"esc", "n", "h", "q", "ctrl+c", "enter"} {
		if _, more := d.root.Update(keyNamed(k)); more != nil {
			d.run(more)
		}
	}
	if d.quit {
		t.Fatal("the program ended while a secret was on its way")
	}
	d.run(cmd)
	d.send(nil)
	d.sees("The new API secret")
	if _, more := d.root.Update(keyNamed("d")); more == nil {
		t.Fatal("done does nothing after the answer")
	}
}

func TestFormKeepsWhatWasTyped(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	d.press("2", "n")
	d.write("Billing")
	d.press("tab", "tab")
	d.write("Nightly run")
	d.press("tab", "tab")
	d.write("10.0.0.4/8")
	d.press("enter", "enter", "enter")
	d.sees("There is an application billing already", "Nightly run", "> Application")
	d.missing("Creating the key")
	d.press("ctrl+u")
	d.write("invoices")
	d.press("up", "enter")
	d.sees("10.0.0.4/8 names an address inside a network", "> Networks", "invoices", "Nightly run")
	d.press("esc")
	d.sees("Not saved yet")
	d.write("1")
	d.missing("Not saved yet")
	d.press("esc")
	d.sees("Not saved yet")
	d.press("esc")
	d.sees("> + Create New API Key")
}

// A secret is never left by accident.
func TestLeavingTheSecretAsks(t *testing.T) {
	d := newDriver(t, nil)
	d.press("2", "n")
	d.write("billing")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
	secret := d.secretOnScreen()
	for _, k := range []string{"esc", "ctrl+c", "q"} {
		d.press(k)
		d.sees("neither copied, saved nor verified")
		d.press("n")
		if d.secretOnScreen() != secret {
			t.Fatal("another secret")
		}
	}
	d.press("s")
	d.missing(secret)
	d.press("s", "v")
	d.send(tea.PasteMsg{Content: secret + "\n"})
	d.press("enter")
	d.sees("it arrived whole")
	d.press("v")
	d.write("emps_wrong")
	d.press("enter")
	d.sees("That is not the secret")
	d.write(secret) // a second paste, without brackets, is no command
	d.press("enter")
	d.sees("it arrived whole")
	d.send(tea.BlurMsg{})
	d.missing(secret)
	d.press("s", "v")
	d.send(tea.PasteMsg{Content: "api_secret=" + secret + "\n"})
	d.press("enter")
	d.sees("it arrived whole")
	d.press("ctrl+z")
	d.missing(secret)
	d.press("s", "enter", "s", "esc", "y")
	d.sees("clipboard still holds it")
	d.sees("masked for ever", "not confirmed")
	d.missing(secret)
}

// Quitting with a secret open asks first, and a yes quits.
func TestQuittingWithASecretOpen(t *testing.T) {
	for _, keys := range [][]string{{"q", "y"}, {"ctrl+c", "y"}, {"ctrl+c", "ctrl+c"}, {"esc", "q", "y"}} {
		d := newDriver(t, nil)
		secretWalk(d)
		for i, k := range keys {
			if d.quit {
				t.Fatalf("%v quits after %d keys", keys, i)
			}
			d.press(k)
		}
		if !d.quit {
			t.Errorf("%v does not quit", keys)
		}
	}
}

func TestIdleSecretMasksItself(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	d.press("2", "j", "r", "enter")
	secret := d.secretOnScreen()
	stale := d.waiting[len(d.waiting)-1]
	d.press("s")
	d.send(stale)
	d.sees(model.Mask)
	d.sees("Hidden") // a key was touched since
	d.send(d.waiting[len(d.waiting)-1])
	d.sees("nobody touched a key for 5 min")
	d.missing(secret)
}

func TestFilterAndSort(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2")
	d.sees("5 keys", "legacy-import")
	d.press("/")
	d.write("mobile")
	d.sees("mobile-push")
	d.missing("legacy-import")
	d.press("enter", "j")
	d.sees("> mobile-push", "1 match")
	d.press("esc")
	d.sees("legacy-import", "filter: none")
	d.press("/")
	d.write("zzz")
	d.sees("No key matches")
	d.press("esc", "s", "s")
	d.sees("sort: created ^")
	d.press("S")
	d.sees("sort: created v")
	lines := strings.Split(d.frame(), "\n")
	var order []string
	for _, l := range lines {
		for _, name := range []string{"edge-cache", "legacy-import"} {
			if strings.Contains(l, name) {
				order = append(order, name)
			}
		}
	}
	if strings.Join(order, " ") != "edge-cache legacy-import" {
		t.Fatalf("newest first is %v", order)
	}
}

// A thousand presses at once all count, although the list is read in
// stretches.
func TestLongList(t *testing.T) {
	alone(t)
	d := newDriver(t, manyKeys(450))
	d.press("2")
	var late []tea.Cmd // answers come only after all of the keys
	for range 430 {
		_, cmd := d.root.Update(keyNamed("j"))
		late = append(late, cmd)
	}
	for _, cmd := range late {
		d.run(cmd)
	}
	d.send(nil)
	d.sees("> service-0429")
	d.press("G")
	d.sees("> service-0449")
	d.press("g")
	d.sees("> + Create New API Key")
	d.press("G", "pgup", "k")
	for range 500 {
		d.press("k")
	}
	d.sees("> + Create New API Key", "service-0000")
}

// Somebody else's change shows without a key press, and keeps the cursor on
// its key.
func TestOthersChangesShow(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "j", "j")
	before := d.root.top().(*access).list.chosen().Application
	d.create("aardvark")
	d.send(changedMsg{})
	d.sees("aardvark", "6 keys")
	if after := d.root.top().(*access).list.chosen().Application; after != before {
		t.Fatalf("the cursor went from %s to %s", before, after)
	}
}

// Somebody else regenerated meanwhile: the loser is told, and sees no secret.
func TestRegenerateRace(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	k := d.onlyKey()
	d.press("2", "j", "r")
	_, _, err := d.session.RegenerateSecret(context.Background(), k.ID, 0)
	d.must(err)
	d.press("enter")
	d.sees("Somebody regenerated the secret of billing meanwhile")
	if shownSecret.MatchString(d.frame()) {
		t.Fatal("the loser of a race sees a secret")
	}
}

// What a field was filled in with is replaced by what is typed, and kept by a
// key that moves in it.
func TestOfferedValues(t *testing.T) {
	d := newDriver(t, nil)
	d.press("2", "n")
	d.write("billing")
	d.press("shift+tab")
	d.sees("> Expires      365d")
	d.write("90d")
	d.sees("> Expires      90d")
	d.press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "end", "backspace")
	d.sees("> Owner        ada@example.co")
	d.missing("ada@example.com")
}

// Saving an edit sends what was changed and nothing else.
func TestEditSendsOnlyChanges(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	before := d.onlyKey()
	d.press("2", "down", "e", "down")
	d.write("Nightly")
	d.press("enter", "enter", "enter", "enter", "enter")
	d.sees("The key of billing was changed")
	after := d.onlyKey()
	if after.Purpose != "Nightly" || !after.ExpiresAt.Equal(before.ExpiresAt) || after.Owner != before.Owner {
		t.Fatalf("%+v", after)
	}
	es, err := d.session.Events(context.Background(), model.EventQuery{Key: after.ID, Limit: 1})
	d.must(err)
	if len(es[0].Changes) != 1 || es[0].Changes[0].Field != "purpose" {
		t.Fatalf("the trail says %+v", es[0].Changes)
	}
}

// Saving to a file says what went wrong while the path can still be mended.
func TestSaveToFile(t *testing.T) {
	d := newDriver(t, nil)
	saved := map[string]string{}
	d.root.save = func(path string, content []byte) error {
		if path == "/etc/passwd" {
			return model.Errorf(model.CodeConflict, "/etc/passwd exists already and is not overwritten.")
		}
		if strings.HasPrefix(path, "/nonexistent") {
			return model.Errorf(model.CodeFailed, "/nonexistent does not exist. Give another path.")
		}
		saved[path] = string(content)
		return nil
	}
	secretWalk(d)
	secret := d.secretOnScreen()
	d.press("f", "ctrl+u")
	d.write("/etc/passwd")
	d.press("enter")
	d.sees("exists already", "/etc/passwd")
	d.press("ctrl+u")
	d.write("/nonexistent/key.txt")
	d.press("enter")
	d.sees("/nonexistent does not exist.")
	d.missing("(failed)")
	d.press("ctrl+u")
	d.write("~/key.txt")
	d.press("enter")
	home, err := os.UserHomeDir()
	d.must(err)
	if got := saved[home+"/key.txt"]; !strings.Contains(got, "api_secret="+secret+"\n") || !strings.Contains(got, "api_key=empk_") {
		t.Fatalf("saved %q", saved)
	}
	d.sees("which only you can read")
}

// A question that waits for a secret is never covered or left, and its answer
// is shown whatever was pressed meanwhile.
func TestNothingCoversAWaitingQuestion(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	d.press("2", "j", "r")
	_, late := d.root.Update(keyNamed("enter"))
	d.press("?", "f5", "esc", "?", "q", "ctrl+c")
	d.missing("In plain words")
	d.run(late)
	d.send(nil)
	d.secretOnScreen()
}

// A screen below the top that has something to say takes away what covers it.
func TestMaskingUnderHelp(t *testing.T) {
	d := newDriver(t, nil)
	secretWalk(d)
	d.press("?")
	d.sees("In plain words")
	d.send(d.waiting[len(d.waiting)-1]) // nobody touched a key
	d.sees("nobody touched a key", "not confirmed")
	if k := d.onlyKey(); k.Confirmed != 0 {
		t.Fatal("a secret that nobody saw is confirmed")
	}
}

// done typed right behind enter waits for the copy: what is copied is the
// secret, not what is left of it after it was wiped.
func TestDoneWaitsForTheCopy(t *testing.T) {
	d := newDriver(t, nil)
	secretWalk(d)
	secret := d.secretOnScreen()
	_, late := d.root.Update(keyNamed("enter"))
	d.press("d")
	d.sees(secret)
	d.run(late)
	d.send(nil)
	d.sees("masked for ever", "clipboard still holds it")
	if want := base64.StdEncoding.EncodeToString([]byte(secret)); !strings.Contains(d.copied.String(), want) {
		t.Fatalf("what was copied is %q", d.copied.String())
	}
}

// In every window that the program draws in, the whole secret can be read.
func TestSecretIsWholeAtEverySize(t *testing.T) {
	alone(t)
	d := newDriver(t, nil)
	secretWalk(d)
	secret := d.secretOnScreen()
	for _, keys := range [][]string{{}, {"enter"}, {"v"}, {"esc", "esc"}} {
		d.press(keys...)
		for w := minWidth; w <= 100; w += 3 {
			for h := minHeight; h <= 30; h++ {
				d.resize(w, h)
				joined := strings.Join(strings.Fields(strings.NewReplacer("│", "", "\n", "").Replace(d.frame())), "")
				if !strings.Contains(joined, secret) {
					t.Fatalf("cut at %d×%d:\n%s", w, h, d.frame())
				}
			}
		}
	}
}

// Keys typed behind a jump act on the key that it leads to.
func TestKeysBehindAJump(t *testing.T) {
	d := newDriver(t, manyKeys(450))
	d.press("2")
	var late []tea.Cmd
	for _, k := range []string{"G", "k", "r"} {
		_, cmd := d.root.Update(keyNamed(k))
		late = append(late, cmd)
	}
	d.missing("Regenerate API Secret")
	for _, cmd := range late {
		d.run(cmd)
	}
	d.send(nil)
	d.sees("The current secret of service-0448")
}

// Somebody else's change does not undo a jump that is under way.
func TestChangeDuringAJump(t *testing.T) {
	d := newDriver(t, manyKeys(450))
	d.press("2")
	_, first := d.root.Update(keyNamed("G"))
	d.create("aardvark")
	d.send(changedMsg{})
	d.run(first) // too late: it was asked again
	d.send(nil)
	d.sees("> service-0449")
}

// However far one goes, only a stretch is in memory, and it is the right one.
func TestListForgets(t *testing.T) {
	alone(t)
	d := newDriver(t, manyKeys(1000))
	d.press("2")
	list := func() *keyList { return &d.root.top().(*access).list }
	for i := range 990 {
		d.press("j")
		if n := len(list().keys); n > most {
			t.Fatalf("%d keys in memory", n)
		}
		if want := fmt.Sprintf("service-%04d", i); list().chosen().Application != want {
			t.Fatalf("after %d presses the cursor is on %s", i+1, list().chosen().Application)
		}
		if i == 700 {
			d.send(changedMsg{})
		}
	}
	for i := 988; i >= 0; i-- {
		d.press("k")
		if want := fmt.Sprintf("service-%04d", i); list().chosen().Application != want {
			t.Fatalf("on the way back the cursor is on %s, not %s", list().chosen().Application, want)
		}
	}
	d.press("k")
	d.sees("> + Create New API Key")
}

// A new key is on the screen and chosen, wherever in the list it comes.
func TestNewKeyIsChosen(t *testing.T) {
	d := newDriver(t, manyKeys(450))
	d.press("2", "/")
	d.write("service-0001")
	d.press("enter", "n")
	d.write("service-0300-b")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "d")
	d.sees("> service-0300-b", "service-0300 ", "service-0301", "filter: none")
	d.press("j")
	d.sees("> service-0301")
}

// A search that fails leaves the list as it was, and is made up for.
func TestFailedSearch(t *testing.T) {
	d := newDriver(t, manyKeys(450))
	d.press("2")
	d.store.down = true
	d.press("/")
	d.write("service-0400")
	d.sees("[error]", "service-0000")
	d.press("enter")
	d.store.down = false
	for range 250 {
		d.press("j")
	}
	d.sees("> service-0249", "not read yet: F5")
	d.missing("[error]")
	d.press("f5")
	d.sees("1 match", "> service-0400")
}
