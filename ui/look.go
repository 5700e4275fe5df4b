package ui

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Appearance is how a person wants the screens to look. The zero Appearance
// follows the terminal and its locale.
type Appearance struct {
	Background Shade  `json:"background,omitempty"`
	Lines      Lines  `json:"lines,omitempty"`
	Colours    Switch `json:"colours,omitempty"`
	Mouse      Switch `json:"mouse,omitempty"`
}

// Shade is the background that colours are chosen for.
type Shade string

// The shades.
const (
	AskTerminal Shade = ""      // whatever the terminal answers
	Dark        Shade = "dark"  //
	Light       Shade = "light" //
	AnyShade    Shade = "any"   // colours that can be read on both
)

// Lines is what borders and signs are drawn with.
type Lines string

// The lines.
const (
	ByLocale   Lines = ""
	DrawnLines Lines = "drawn"
	PlainLines Lines = "plain" // ASCII alone
)

// Switch turns something off.
type Switch string

// The positions of a switch.
const (
	On  Switch = ""
	Off Switch = "off"
)

// known is a without the choices that this version does not know, which stand
// for none.
func (a Appearance) known() Appearance {
	if !slices.Contains([]Shade{Dark, Light, AnyShade}, a.Background) {
		a.Background = AskTerminal
	}
	if !slices.Contains([]Lines{DrawnLines, PlainLines}, a.Lines) {
		a.Lines = ByLocale
	}
	for _, s := range []*Switch{&a.Colours, &a.Mouse} {
		if *s != Off {
			*s = On
		}
	}
	return a
}

// look is what the screens are drawn for: what the person wants, as far as the
// terminal can do it.
type look struct {
	Appearance
	colourless bool       // colours were refused by NO_COLOR or on the command line
	locale     bool       // the locale has signs beyond ASCII
	answer     background // what the terminal said of itself
}

func newLook(o Options) look {
	return look{Appearance: o.Appearance.known(), colourless: o.NoColor || !colourful(o.Environ), locale: unicodeLocale(o.Environ)}
}

// unicodeLocale reports whether the terminal's locale is one of UTF-8.
func unicodeLocale(env environ) bool {
	locale := env.get("LC_ALL")
	for _, name := range []string{"LC_CTYPE", "LANG"} {
		if locale == "" {
			locale = env.get(name)
		}
	}
	l := strings.ToLower(locale)
	return strings.Contains(l, "utf-8") || strings.Contains(l, "utf8")
}

// colours is whether anything is coloured.
func (l look) colours() bool { return !l.colourless && l.Colours != Off }

// asks is whether the terminal has to say how light it is.
func (l look) asks() bool { return l.colours() && l.Background == AskTerminal }

// hear notes what the terminal answered.
func (l *look) hear(dark bool) {
	l.answer = lightBackground
	if dark {
		l.answer = darkBackground
	}
}

// shade is the background to draw for.
func (l look) shade() background {
	switch l.Background {
	case Dark:
		return darkBackground
	case Light:
		return lightBackground
	case AnyShade:
		return unknownBackground
	}
	return l.answer
}

// border is what boxes are drawn with.
func (l look) border() border {
	if l.Lines == DrawnLines || l.Lines == ByLocale && l.locale {
		return drawnBorder
	}
	return plainBorder
}

// keeper remembers the appearance for the next time. Whichever of several
// writes comes last writes what was chosen last.
type keeper struct {
	write  func(Appearance) error // nil where nothing can be remembered
	mu     sync.Mutex
	latest atomic.Pointer[Appearance]
}

func (k *keeper) keep() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.write(*k.latest.Load())
}
