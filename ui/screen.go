package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/help"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// screen is one page, or one overlay, on the stack. Its Update answers with
// what should happen to the stack; the root obeys at once, so that keys typed
// ahead reach the screen that the person means. Only the root is a tea.Model.
//
// Input and output happen in commands alone. Keys go to the top screen, every
// other message to every screen. When a screen below the top moves the stack,
// what was opened over it goes first: an answer that can be had only once is
// never lost for a page of help.
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

// waiting is a screen that may wait for an answer which cannot be had twice.
// Meanwhile nothing opens over it.
type waiting interface{ Waiting() bool }

// guarded is a screen that must not be left by accident: Leave says what to do
// when the person wants to quit the program.
type guarded interface{ Leave() (transition, tea.Cmd) }

// transition is what happens to the stack of screens, and what to tell the
// person about it. The zero transition stays and says nothing.
type transition struct {
	drop  int      // so many screens leave the top
	push  []screen // then these come
	quit  bool
	toast *toast
}

var stay transition

func push(s ...screen) transition { return transition{push: s} }
func pop() transition             { return transition{drop: 1} }
func replace(s screen) transition { return transition{drop: 1, push: []screen{s}} }
func quit() transition            { return transition{quit: true} }

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
	session  *model.Session
	styles   *styles
	copier   *copier
	now      func() time.Time
	about    []Fact
	save     func(path string, content []byte) error
	found    func(context.Context, model.Founding) (*model.Session, error)
	founding model.Founding
	requests int
	after    func(time.Duration, tea.Msg) tea.Cmd // sends a message later
}

// request numbers a question, so that its late answer can be told from the
// answer to a later one.
func (s *surroundings) request() int {
	s.requests++
	return s.requests
}

// patience is how long a question to the store may take.
const patience = 15 * time.Second

// ask runs one session call off the event loop. Its answer is fn's message, or
// failedMsg.
func ask(id int, fn func(ctx context.Context) (tea.Msg, error)) tea.Cmd {
	return func() (msg tea.Msg) {
		defer func() {
			if recover() != nil { // the value may hold what must not be shown
				msg = crashedMsg{}
			}
		}()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		msg, err := fn(ctx)
		if err != nil {
			return failedMsg{id, err}
		}
		return msg
	}
}

// later sends a message after a while.
func later(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}
