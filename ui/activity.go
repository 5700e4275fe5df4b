package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// activity is the audit trail: who did what, and when. Opened, it checks the
// whole trail, and says where it does not fit.
type activity struct {
	*surroundings
	list     eventList
	filter   filterField
	only     string // what the list is narrowed to beside the words, for people
	within   int    // index into spans
	checking int    // number of the check of the whole trail, 0 when it is answered
	report   *model.AuditReport
	keys     activityKeys
	held     []tea.KeyPressMsg // keys that wait until it is known which event is chosen
	widths   eventWidths
	width    int
	height   int
}

type activityKeys struct {
	movement
	Open, Filter, When, Only, All, Back key.Binding
}

// spans are how far back the list goes.
var spans = []struct {
	words string
	long  time.Duration // 0 for ever
}{{"any time", 0}, {"last 24 h", 24 * time.Hour}, {"last 7 d", 7 * 24 * time.Hour}, {"last 30 d", 30 * 24 * time.Hour}}

func newActivity(s *surroundings) *activity { return newActivityOf(s, model.EventQuery{}) }

// newActivityOf is the trail of one key, one application or one member.
func newActivityOf(s *surroundings, q model.EventQuery) *activity {
	a := &activity{surroundings: s, filter: newFilterField(s.styles)}
	a.list.query = q
	a.only = about(q)
	a.keys = activityKeys{
		movement: newMovement(),
		Open:     openBinding("open"),
		Filter:   bind("/", "filter by words: a name, an application, revoked, not allowed", "/"),
		When:     bind("t", "how far back", "t"),
		Only:     bind("o", "only events like this one", "o"),
		All:      bind("a", "all events again", "a"),
		Back:     backBinding(),
	}
	return a
}

func (a *activity) Title() string { return "Activity" }

func (a *activity) Init() tea.Cmd { return tea.Batch(a.list.read(a.surroundings, false), a.check()) }

// checkPatience is how long checking the whole trail may take.
const checkPatience = 2 * time.Minute

// trailCheckedMsg brings what is wrong with the trail.
type trailCheckedMsg struct {
	id     int
	report model.AuditReport
}

// check walks the whole trail. Whoever sees only a part of it cannot.
func (a *activity) check() tea.Cmd {
	if a.session.Can(model.AuditView, model.Target{}) != nil {
		return nil
	}
	id, session := a.request(), a.session
	a.checking = id
	return a.quietly(id, checkPatience, func(ctx context.Context) (tea.Msg, error) {
		r, err := session.VerifyAudit(ctx, nil)
		return trailCheckedMsg{id, r}, err
	})
}

func (a *activity) SetSize(w, h int) {
	a.width, a.height = w, h
	a.filter.SetWidth(max(6, w-24))
	a.list.rows = max(1, (h-len(a.above()))/a.rowHeight())
	a.list.scroll()
}

func (a *activity) Typing() bool { return a.filter.on }

func (a *activity) Cursor() *tea.Cursor {
	c := a.filter.cursor()
	if c != nil {
		c.Y = len(a.banner())
	}
	return c
}

func (a *activity) ShortHelp() []key.Binding {
	if a.filter.on {
		return a.filter.help()
	}
	only := short(a.keys.Only, "only like this")
	only.SetEnabled(a.list.chosen() != nil)
	return []key.Binding{a.keys.Open, short(a.keys.Filter, "filter"), short(a.keys.When, "how far back"), only, a.back()}
}

// back says what esc does now.
func (a *activity) back() key.Binding {
	switch {
	case a.filter.Value() != "":
		return short(a.keys.Back, "no filter")
	case a.only != "" || a.within != 0:
		return short(a.keys.Back, "all events")
	}
	return a.keys.Back
}

func (a *activity) FullHelp() [][]key.Binding {
	k := a.keys
	return [][]key.Binding{append(k.movement.bindings(), k.Open, k.Back), {k.Filter, k.When, k.Only, k.All}}
}

func (a *activity) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if a.filter.on {
			return stay, a.filter.typed(msg, a.moveBy, a.ask)
		}
		return a.press(msg)
	case tea.PasteMsg:
		if a.filter.on {
			return stay, a.filter.typed(msg, a.moveBy, a.ask)
		}
	case eventsReadMsg:
		if a.list.receive(msg) {
			a.widths = widthsOf(a.list.events)
			return a.release()
		}
	case trailCheckedMsg:
		if msg.id == a.checking {
			a.checking, a.report = 0, &msg.report
			a.SetSize(a.width, a.height)
		}
	case changedMsg:
		return stay, a.reread()
	case refreshMsg:
		return stay, tea.Batch(a.reread(), a.check())
	case stylesMsg:
		styleInput(&a.filter.Model, a.styles)
	case failedMsg:
		return a.failed(msg), nil
	}
	return stay, nil
}

func (a *activity) failed(msg failedMsg) transition {
	switch msg.id {
	case a.list.asked:
		a.list.asked, a.list.pending, a.list.again, a.held = 0, 0, false, nil
		return a.failure(msg.err)
	case a.checking:
		a.checking = 0
		return a.failure(msg.err)
	}
	return stay
}

// reread reads the latest events, after what is being read.
func (a *activity) reread() tea.Cmd {
	if a.list.asked != 0 {
		a.list.again = true
		return nil
	}
	return a.list.read(a.surroundings, false)
}

// next reads what is still wanted.
func (a *activity) next() tea.Cmd {
	switch {
	case a.list.again:
		a.list.again = false
		return a.list.read(a.surroundings, false)
	case a.list.wants():
		return a.list.read(a.surroundings, true)
	}
	return nil
}

// release does what was asked for while the events were being read.
func (a *activity) release() (transition, tea.Cmd) {
	cmds := []tea.Cmd{a.next()}
	for len(a.held) > 0 && a.list.loaded {
		k := a.held[0]
		a.held = a.held[1:]
		t, cmd := a.press(k)
		cmds = append(cmds, cmd)
		if t.moves() || t.toast != nil {
			a.held = nil
			return t, tea.Batch(cmds...)
		}
	}
	return stay, tea.Batch(cmds...)
}

func (a *activity) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	k := a.keys
	if a.list.asked != 0 && !a.list.loaded && !key.Matches(msg, k.Back, k.Filter, k.When, k.All) {
		a.held = append(a.held, msg)
		return stay, nil
	}
	if by, ok := k.step(msg, a.list.rows); ok {
		return a.Wheel(by)
	}
	chosen := a.list.chosen()
	switch {
	case key.Matches(msg, k.Open) && chosen != nil:
		return push(newEventPage(a.surroundings, *chosen)), nil
	case key.Matches(msg, k.Filter):
		return stay, a.filter.begin()
	case key.Matches(msg, k.When):
		a.within = (a.within + 1) % len(spans)
		return stay, a.ask()
	case key.Matches(msg, k.Only) && chosen != nil:
		return push(newNarrowing(a.surroundings, *chosen, a.narrow)), nil
	case key.Matches(msg, k.All):
		return stay, a.narrow(model.EventQuery{})
	case key.Matches(msg, k.Back):
		return a.goBack()
	}
	return stay, nil
}

// Wheel moves the cursor.
func (a *activity) Wheel(by int) (transition, tea.Cmd) { return stay, a.moveBy(by) }

func (a *activity) moveBy(by int) tea.Cmd {
	a.list.move(by)
	return a.next()
}

// Click chooses an event, and opens the one that is chosen already.
func (a *activity) Click(_, y int) (transition, tea.Cmd) {
	i := a.list.top + (y-len(a.above()))/a.rowHeight()
	switch {
	case y < len(a.above()) || i >= len(a.list.events):
	case i == a.list.cursor:
		return push(newEventPage(a.surroundings, a.list.events[i])), nil
	default:
		a.list.move(i - a.list.cursor)
	}
	return stay, nil
}
