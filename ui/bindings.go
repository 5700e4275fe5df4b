package ui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
)

// bind makes a binding with the words that help shows for it.
func bind(shown, words string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, words))
}

// general are the bindings of the whole program.
type general struct {
	Help, Quit, ForceQuit, Refresh, Redraw, Pause key.Binding
}

func newGeneral() general {
	return general{
		Help:      bind("?", "help", "?"),
		Quit:      bind("q", "quit", "q"),
		ForceQuit: bind("ctrl+c", "quit", "ctrl+c"),
		Refresh:   bind("F5", "read everything again", "f5"),
		Redraw:    bind("ctrl+l", "draw the screen again", "ctrl+l"),
		Pause:     bind("ctrl+z", "pause, fg resumes", "ctrl+z"),
	}
}

// movement are the bindings of everything that has a cursor.
type movement struct {
	Up, Down, PageUp, PageDown, Top, Bottom key.Binding
}

func newMovement() movement {
	return movement{
		Up:       bind("k ↑", "up", "k", "up"),
		Down:     bind("j ↓", "down", "j", "down"),
		PageUp:   bind("PgUp", "a page up", "pgup"),
		PageDown: bind("PgDn", "a page down", "pgdown"),
		Top:      bind("g", "first", "g", "home"),
		Bottom:   bind("G", "last", "G", "end"),
	}
}

func (m movement) bindings() []key.Binding {
	return []key.Binding{m.Up, m.Down, m.PageUp, m.PageDown, m.Top, m.Bottom}
}

// step returns how far a key moves a cursor on a page of so many rows; the
// ends are far enough for any list.
func (m movement) step(k fmt.Stringer, page int) (int, bool) {
	const far = 1 << 30
	for _, s := range []struct {
		b  key.Binding
		by int
	}{{m.Up, -1}, {m.Down, 1}, {m.PageUp, -page}, {m.PageDown, page}, {m.Top, -far}, {m.Bottom, far}} {
		if key.Matches(k, s.b) {
			return s.by, true
		}
	}
	return 0, false
}

func openBinding(words string) key.Binding { return bind("enter", words, "enter", "l", "right") }
func backBinding() key.Binding             { return bind("esc", "back", "esc", "h", "left") }
