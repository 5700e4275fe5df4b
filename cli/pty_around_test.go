package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// The modes in which a terminal reports its mouse.
const (
	modeMouse    = 1002
	modeMouseSGR = 1006
)

// click presses and releases the left button on the first place where words
// stand.
func (w *terminal) click(words string) {
	w.t.Helper()
	w.see(words)
	for y, line := range strings.Split(w.text(), "\n") {
		if before, _, found := strings.Cut(line, words); found {
			at := fmt.Sprintf("%d;%d", utf8.RuneCountInString(before)+2, y+1)
			w.press("\x1b[<0;" + at + "M\x1b[<0;" + at + "m")
			return
		}
	}
	w.t.Fatalf("%q is gone", words)
}

// mouse is whether the program has asked for the mouse.
func (w *terminal) mouse() (on bool) {
	w.with(func(s *screen) { on = s.modes[modeMouse] && s.modes[modeMouseSGR] })
	return on
}

// TestAround goes by the palette, marks and the mouse, and leaves the terminal
// as it was.
func TestAround(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	for _, name := range []string{"billing", "edge-cache", "mobile-push"} {
		h.must("", "keys", "create", "--application", name)
	}
	w := h.open()
	w.see("Dashboard", "> 1  Settings")
	w.press(":api acc" + enter)
	w.see("Profile & Team > API Access", "mobile-push")
	w.press("j  ")
	w.see("* billing", "* edge-cache", "2 marked")
	w.press("p")
	w.see("Suspend 2 marked keys", "until somebody")
	w.press(enter)
	w.see("2 keys suspended.")

	if !w.mouse() {
		t.Error("the mouse was not asked for")
	}
	w.click("edge-cache")
	w.see("> edge-cache")
	w.click("> edge-cache")
	w.see("API Access > edge-cache", "suspended edge-cache (one of 2 keys at once)")
	w.click("API Access")
	w.see("+ Create New API Key")
	w.press("\x1b[<65;5;9M") // the wheel, down
	w.see("> mobile-push")
	w.press("r" + enter)
	_, secret := w.seeSecret("")
	w.await("the mouse for selecting", patience, func(s *screen) bool { return !s.modes[modeMouse] && !s.modes[modeMouseSGR] })
	w.mask(secret)
	w.await("the mouse again", patience, func(s *screen) bool { return s.modes[modeMouse] })

	w.press(":activity" + enter)
	w.see("Dashboard > Activity", "regenerated the secret of mobile-push", "events checked")
	w.press("/suspended" + enter + enter)
	w.see("Activity > Event", "active  ->  suspended")
	w.press("q")
	if code := w.exit(patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
	w.restored("")
	h.holdsNo(secret)
	var keys []struct{ State string }
	if err := json.Unmarshal([]byte(h.must("", "keys", "list", "--json")), &keys); err != nil || len(keys) != 3 || keys[0].State != "suspended" || keys[2].State != "active" {
		t.Errorf("%+v, %v", keys, err)
	}
}

// TestAppearanceKept finds what was chosen again the next time, and nothing of
// it in the team's data; a file that cannot be understood is no obstacle.
func TestAppearanceKept(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	w := h.open("--at", "settings")
	w.see("Appearance")
	w.press("2")
	w.see("> Background", "as the terminal says")
	w.press("j" + enter + enter)
	w.see("Lines and signs  plain")
	w.quiet(200 * time.Millisecond)
	w.press("q")
	w.exit(patience)

	path := filepath.Join(h.dir, ".config", "empress", "appearance.json")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	plain := func() {
		t.Helper()
		w := h.open("--at", "keys")
		w.see("API Access")
		w.press(":")
		w.see("+- Find")
		w.press(esc)
		w.press("q")
	}
	plain()
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := h.open("--at", "keys")
	again.see("API Access")
	again.press(":")
	again.see("╭─ Find")
}
