package ui

import (
	"context"
	"math"
	"time"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// screen is one page, or one overlay, on the stack. Its Update answers with
// what should happen to the stack; the root obeys at once, so that keys typed
// ahead reach the screen that the person means. Only the root is a tea.Model.
//
// Input and output happen in commands alone. Keys go to the top screen, every
// other message to every screen. A screen below the top opens nothing, and when
// it ends, what was opened over it goes with it.
type screen interface {
	help.KeyMap
	Title() string // its part of the breadcrumb
	Init() tea.Cmd
	Update(msg tea.Msg) (transition, tea.Cmd)
	View() string // lines that fit the size given last
	SetSize(width, height int)
}

// typing is a screen that may want letters for a text field.
type typing interface {
	Typing() bool
	Cursor() *tea.Cursor // where the next letter goes, relative to the screen; nil for nowhere
}

// overlay is a screen that is drawn over the one beneath it.
type overlay interface{ Overlay() }

// closing is a screen that q closes, rather than the program.
type closing interface{ Closes() }

// idling is a screen of whose keys some do nothing but say that something has to
// be chosen first: Idle says which.
type idling interface{ Idle(key.Binding) bool }

// waiting is a screen that may wait for an answer which cannot be had twice.
// Meanwhile nothing opens over it.
type waiting interface{ Waiting() bool }

// guarded is a screen that must not be left by accident: Leave says what to do
// when the person wants to quit the program.
type guarded interface{ Leave() (transition, tea.Cmd) }

// transition is what happens to the stack of screens, and what to tell the
// person about it. The zero transition stays and says nothing.
type transition struct {
	drop  int             // so many screens leave the top
	push  []screen        // then these come
	press tea.KeyPressMsg // then the top gets this key, the zero key for none
	quit  bool
	toast *toast
}

var stay transition

func push(s ...screen) transition { return transition{push: s} }
func pop() transition             { return transition{drop: 1} }
func replace(s screen) transition { return transition{drop: 1, push: []screen{s}} }
func quit() transition            { return transition{quit: true} }

// jump puts other screens in place of all.
func jump(to []screen) transition { return transition{drop: math.MaxInt32, push: to} }

// moves is whether the stack changes.
func (t transition) moves() bool { return t.quit || t.drop > 0 || len(t.push) > 0 }

// say adds a line for the person; "" takes the last one away.
func (t transition) say(tone tone, text string) transition {
	t.toast = &toast{tone, text}
	return t
}

// toast is the line for the latest result.
type toast struct {
	tone tone
	text string
}

// Messages that any screen may get.
type (
	// failedMsg says that what was asked under the number id failed.
	failedMsg struct {
		id  int
		err error
	}
	// changedMsg says that something changed in the store, in whichever process.
	changedMsg struct{}
	// refreshMsg asks every screen to read its data again.
	refreshMsg struct{}
	// stylesMsg says that colours changed and what was drawn is out of date.
	stylesMsg struct{}
	// crashedMsg says that a command hit a fault of the program.
	crashedMsg struct{}
)

// surroundings is what screens share: who is here, how things look and what
// time it is.
type surroundings struct {
	session    *model.Session
	look       look
	keeper     *keeper
	styles     *styles
	copier     *copier
	now        func() time.Time
	about      []Fact
	save       func(path string, content []byte) error
	newSecrets func(path string) (SecretsFile, error)
	deliver    func(ctx context.Context, team, command string, k model.Key, secret model.Secret) error
	readKey    func(path string) (string, error)
	found      func(context.Context, model.Founding) (*model.Session, error)
	founding   model.Founding
	requests   int
	open       map[int]*asked                       // by number
	says       bool                                 // a long wait is put into words
	patient    time.Duration                        // how long a screen waits for somebody where the team decided nothing, 0 for ever
	support    string                               // whom to ask, as the team's policy says; "" for nobody in particular
	lifetime   string                               // of a new key, as the policy says and as it is typed; "" when that was not read yet
	after      func(time.Duration, tea.Msg) tea.Cmd // sends a message later
}

// restyle makes the styles that the look asks for. Screens hold on to the same
// ones: what they drew before is out of date.
func (s *surroundings) restyle() { *s.styles = *newStyles(s.look) }
