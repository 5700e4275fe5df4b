package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// bind makes a binding with the words that help shows for it.
func bind(shown, words string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, words))
}

// general are the bindings of the whole program.
type general struct {
	Help, Palette, Quit, ForceQuit, Refresh, Redraw, Pause, GiveUp key.Binding
}

func newGeneral() general {
	return general{
		Help:      bind("?", "help", "?"),
		Palette:   bind(":", "find a screen, a key, an application, a member or an action", ":"),
		Quit:      bind("q", "quit", "q"),
		ForceQuit: bind("ctrl+c", "quit from anywhere, also while you type", "ctrl+c"),
		Refresh:   bind("F5", "read everything again", "f5"),
		Redraw:    bind("ctrl+l", "draw the screen again", "ctrl+l"),
		GiveUp:    bind("esc", "stop reading what takes long", "esc"),
		Pause:     bind("ctrl+z", "pause, fg resumes", "ctrl+z"),
	}
}

// everywhere lists the bindings that help shows for every screen.
func (g general) everywhere() []key.Binding {
	return []key.Binding{g.Help, g.Palette, g.Quit, g.ForceQuit, g.Refresh, g.Redraw, g.Pause}
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

// pageMovement is movement where g stands for something else.
func pageMovement() movement {
	m := newMovement()
	m.Top = bind("home", "first", "home")
	return m
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
func usageBinding() key.Binding            { return bind("u", "usage: its requests over time, and by whom", "u") }
func backBinding() key.Binding             { return bind("esc", "back", "esc", "h", "left") }

// keysByName are the keys that are no letters.
var keysByName = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f5": tea.KeyF5,
}

// keyNamed is the press of a key by the name that bindings have for it.
func keyNamed(name string) tea.KeyPressMsg {
	mods := map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "shift+": tea.ModShift}
	for prefix, mod := range mods {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" {
			k := keyNamed(rest)
			k.Mod, k.Text = mod, ""
			return k
		}
	}
	code, special := keysByName[name]
	switch {
	case name == "space":
		return tea.KeyPressMsg{Code: code, Text: " "}
	case special:
		return tea.KeyPressMsg{Code: code}
	}
	letter, _ := utf8.DecodeRuneInString(name)
	return tea.KeyPressMsg{Code: letter, Text: name}
}
