package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// live is what verifiers record, as it happens, the newest first. It reads once a
// second, and only while the screen is there.
type live struct {
	*surroundings
	list   shortList
	all    []model.Moment // the newest first
	shown  []model.Moment // of those, what the filter leaves
	mark   int64          // of the latest one that was read
	loaded bool
	paused bool
	lost   bool // the last attempt to read failed
	asked  int  // number of the latest question
	waits  bool // for its answer
	filter filterField
	width  int
	height int
	keys   liveKeys
}

type liveKeys struct {
	movement
	Open, Pause, Filter, Back key.Binding
}

// livePace is how often is read.
const livePace = time.Second

func newLive(s *surroundings) *live {
	return &live{surroundings: s, filter: newFilterField(s.styles), keys: liveKeys{
		movement: newMovement(), Open: openBinding("usage of the key"), Pause: bind("space", "pause, or go on with what happened meanwhile", "space", "p"),
		Filter: bind("/", "filter by application, key, address, user agent or outcome", "/"), Back: backBinding(),
	}}
}

func (l *live) Title() string { return "Live requests" }

func (l *live) ShortHelp() []key.Binding {
	if l.filter.on {
		return l.filter.help()
	}
	open, pause, back := short(l.keys.Open, "usage"), short(l.keys.Pause, "pause"), l.keys.Back
	open.SetEnabled(l.chosen() != nil)
	if l.paused {
		pause = short(pause, "go on")
	}
	if l.filter.Value() != "" {
		back = short(back, "no filter")
	}
	return []key.Binding{pause, open, short(l.keys.Filter, "filter"), back}
}

func (l *live) FullHelp() [][]key.Binding {
	k := l.keys
	return [][]key.Binding{{k.Pause, k.Open, k.Filter}, append(k.movement.bindings(), k.Back)}
}

// momentsReadMsg brings what happened since the mark that was asked with.
type momentsReadMsg struct {
	id      int
	moments []model.Moment // the oldest first
	mark    int64
}

// liveTickMsg says that it is time to read again, after the question of a number.
type liveTickMsg struct{ after int }

// Init reads what happened; its answer, whatever it is, brings the next time.
func (l *live) Init() tea.Cmd {
	id, session, mark := l.request(), l.session, l.mark
	l.asked, l.waits = id, true
	return l.quietly(id, patience, func(ctx context.Context) (tea.Msg, error) {
		ms, mark, err := session.Live(ctx, mark)
		return momentsReadMsg{id, ms, mark}, err
	})
}

func (l *live) SetSize(w, h int) {
	l.width, l.height = w, h
	l.filter.SetWidth(max(6, w-24))
	l.list.resize(len(l.shown), (h-len(l.above())-len(l.below()))/l.rowHeight())
}

func (l *live) Typing() bool        { return l.filter.on }
func (l *live) Cursor() *tea.Cursor { return l.filter.cursor() }

func (l *live) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if l.filter.on {
			return stay, l.filter.typed(msg, l.moveBy, l.search)
		}
		return l.press(msg)
	case tea.PasteMsg:
		if l.filter.on {
			return stay, l.filter.typed(msg, l.moveBy, l.search)
		}
	case momentsReadMsg:
		if msg.id == l.asked {
			return l.receive(msg), l.again()
		}
	case failedMsg:
		if msg.id == l.asked {
			return l.failed(msg.err), l.again()
		}
	case liveTickMsg:
		if msg.after == l.asked && !l.paused && !l.waits {
			return stay, l.Init()
		}
	case refreshMsg:
		if l.paused && !l.waits {
			return stay, l.Init()
		}
	case stylesMsg:
		styleInput(&l.filter.Model, l.styles)
	}
	return stay, nil
}

// again waits for the next time, unless the person wants to look at what is
// there.
func (l *live) again() tea.Cmd {
	l.waits = false
	if l.paused {
		return nil
	}
	return l.after(livePace, liveTickMsg{l.asked})
}

// failed tells once, and goes on trying.
func (l *live) failed(err error) transition {
	if l.lost {
		return stay
	}
	l.lost = true
	return l.failure(err)
}

// receive puts what is new above what is there. The cursor stays at the top, or
// on its row. What was said of a failure is true no more.
func (l *live) receive(msg momentsReadMsg) (t transition) {
	if l.lost {
		t = stay.say(plain, "")
	}
	l.mark, l.loaded, l.lost = msg.mark, true, false
	if len(msg.moments) == 0 {
		return t
	}
	slices.Reverse(msg.moments)
	l.all = append(msg.moments, l.all...)
	l.all = l.all[:min(len(l.all), model.MaxMoments)]
	l.narrow()
	return t
}

// narrow keeps to what the filter leaves.
func (l *live) narrow() {
	var on int64
	if c := l.chosen(); c != nil && l.list.cursor > 0 {
		on = c.Mark
	}
	words := strings.Fields(strings.ToLower(l.filter.Value()))
	above := l.list.cursor - l.list.top
	l.shown = l.all
	if len(words) > 0 {
		l.shown = slices.DeleteFunc(slices.Clone(l.all), func(m model.Moment) bool { return !holdsAll(momentText(m), words) })
	}
	l.SetSize(l.width, l.height)
	if i := slices.IndexFunc(l.shown, func(m model.Moment) bool { return m.Mark == on }); i >= 0 {
		l.list.top = max(0, i-above)
		l.list.move(i - l.list.cursor)
	}
}

// momentText is what a row is found by.
func momentText(m model.Moment) string {
	return strings.ToLower(strings.Join([]string{m.Application, string(m.Key), m.Address, m.UserAgent, outcomeWords(m.Reason)}, " "))
}

func (l *live) chosen() *model.Moment {
	if l.list.cursor >= len(l.shown) {
		return nil
	}
	return &l.shown[l.list.cursor]
}

func (l *live) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	k := l.keys
	if by, ok := k.step(msg, l.list.rows); ok {
		return stay, l.moveBy(by)
	}
	switch {
	case key.Matches(msg, k.Open):
		return l.open(), nil
	case key.Matches(msg, k.Pause):
		if l.paused = !l.paused; !l.paused && !l.waits {
			return stay, l.Init()
		}
	case key.Matches(msg, k.Filter):
		return stay, l.filter.begin()
	case key.Matches(msg, k.Back) && l.filter.Value() != "":
		l.filter.SetValue("")
		l.narrow()
	case key.Matches(msg, k.Back):
		return pop(), nil
	}
	return stay, nil
}

// open shows the usage of the key that the cursor is on.
func (l *live) open() transition {
	c := l.chosen()
	if c == nil {
		return stay
	}
	return push(newUsageOf(l.surroundings, c.Key, c.Application))
}

// Wheel moves the cursor.
func (l *live) Wheel(by int) (transition, tea.Cmd) { return stay, l.moveBy(by) }

// moveBy and search are for the filter: both are done at once.
func (l *live) moveBy(by int) tea.Cmd {
	l.list.move(by)
	return nil
}

func (l *live) search() tea.Cmd {
	l.narrow()
	return nil
}

// Click chooses a row, and opens the one that is chosen already.
func (l *live) Click(_, y int) (transition, tea.Cmd) {
	if y -= len(l.above()); y >= 0 && l.list.click(y/l.rowHeight()) {
		return l.open(), nil
	}
	return stay, nil
}
