package ui

import (
	"math/rand/v2"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// keyNames are the keys that the fuzzer presses; what is not here is typed as
// a letter.
var keyNames = []string{"enter", "enter", "esc", "up", "down", "left", "right", "tab", "shift+tab", "pgup", "pgdown", "home", "end",
	"space", "backspace", "f5", "ctrl+l", "ctrl+u", "ctrl+v", "n", "r", "e", "p", "X", "y", "/", "?", "s", "S", "w", "d", "v", "f", "j", "k", "g", "G", "1", "2", "3", "4", "h", "l", "c", ":", "*", "u", "t", "o", "a"}

// FuzzKeys presses any keys in windows of any size: the program never fails,
// and never draws outside its window. The driver checks both after each
// message.
func FuzzKeys(f *testing.F) {
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 1))
		keys := make([]byte, 150)
		for i := range keys {
			keys[i] = byte(random.UintN(256))
		}
		f.Add(keys)
	}
	// One team serves every run of a process: making one takes longer than
	// pressing a hundred keys.
	shared := newDriver(f, someKeys)
	f.Fuzz(func(t *testing.T, keys []byte) {
		if len(keys) > 200 {
			return
		}
		d := &driver{t: t, service: shared.service, store: shared.store, session: shared.session, clock: start}
		d.open(Options{Session: d.session})
		for i := 0; i < len(keys) && !d.quit; i++ {
			switch b := keys[i]; {
			case int(b) < 4*len(keyNames):
				d.press(keyNames[int(b)%len(keyNames)])
			case b < 230:
				d.write(string([]rune("aé漢ע́zß٣")[int(b)%8]))
			case b < 232 && i+2 < len(keys):
				d.send(tea.MouseClickMsg{X: int(keys[i+1]) % 130, Y: int(keys[i+2]) % 45, Button: tea.MouseLeft})
				i += 2
			case b < 233:
				d.wheel(int(b)%2*4 - 2)
			case b < 235:
				d.send(tea.PasteMsg{Content: "x\x1b]0;t\ay\u202ez\n"})
			case b < 240:
				d.send(changedMsg{})
			case i+2 < len(keys):
				d.resize(int(keys[i+1])%130+1, int(keys[i+2])%45+1)
				i += 2
			}
		}
	})
}
