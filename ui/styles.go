package ui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// tone is what a piece of text says about itself; words say it first.
type tone int

const (
	plain tone = iota
	good
	warning
	bad
	dim
	strong
	accent
)

// styles are the few looks of the program, in the terminal's own sixteen
// colours on its own background. Each session has its own: two people on two
// terminals see what suits each.
type styles struct {
	looks  [accent + 1]lipgloss.Style
	border border
}

// border is what boxes are drawn with.
type border struct{ line, side, topLeft, topRight, bottomLeft, bottomRight string }

var (
	drawnBorder = border{"─", "│", "╭", "╮", "╰", "╯"}
	plainBorder = border{"-", "|", "+", "+", "+", "+"}
)

// spell writes the program's own signs, each one cell wide, in plain characters
// where the locale has no others.
func (b border) spell(frame string) string {
	if b != plainBorder {
		return frame
	}
	return plainSigns.Replace(frame)
}

var plainSigns = strings.NewReplacer("…", "~", "•", "*", "–", "-", "×", "x", "↑", "^", "↓", "v",
	"▁", "_", "▂", ".", "▃", "-", "▄", "=", "▅", "+", "▆", "*", "▇", "%", "█", "#")

type background int

const (
	unknownBackground background = iota
	darkBackground
	lightBackground
)

// newStyles picks the colours that can be read on the background; before that
// is known, ones that can be read on both.
func newStyles(l look) *styles {
	pick := func(unknown, dark, light string) color.Color {
		if !l.colours() {
			return lipgloss.NoColor{}
		}
		return lipgloss.Color([]string{unknown, dark, light}[l.shade()])
	}
	fg := func(c color.Color) lipgloss.Style { return lipgloss.NewStyle().Foreground(c) }
	s := &styles{border: l.border()}
	s.looks[good] = fg(pick("2", "10", "2"))
	s.looks[warning] = fg(pick("5", "11", "5"))
	s.looks[bad] = fg(pick("1", "9", "1"))
	s.looks[dim] = lipgloss.NewStyle().Faint(true)
	s.looks[strong] = lipgloss.NewStyle().Bold(true)
	s.looks[accent] = fg(pick("6", "14", "4")).Bold(true)
	return s
}

// paint returns text in the look of a tone.
func (s *styles) paint(t tone, text string) string {
	if t == plain || text == "" {
		return text
	}
	return s.looks[t].Render(text)
}
