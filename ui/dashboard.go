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

// dashboard is the first screen: how the keys are doing, what needs attention
// and what happened last.
type dashboard struct {
	*surroundings
	menuPage
	asked    int
	overview *model.Overview // nil until it was read
	due      countCheck
	policy   countCheck
	need     int // index into what needs attention, of what the cursor is on; -1 while it is on the menu
}

func newDashboard(s *surroundings) *dashboard {
	d := &dashboard{surroundings: s, due: newDueCheck(), policy: newPolicyCheck(), need: -1}
	d.menu = newMenu(s,
		entry{name: "Settings", hint: "Profile & Team, keys, appearance", open: func() []screen { return []screen{newSettings(s)} }},
		entry{name: "API Access", hint: "see, create and regenerate API keys", open: func() []screen {
			return []screen{newSettings(s), newTeam(s), newAccess(s)}
		}},
		entry{name: "Activity", hint: "who did what, and when", open: func() []screen { return []screen{newActivity(s)} }, needs: model.AuditView},
		entry{name: "Live requests", hint: "allowed and denied, as it happens", open: func() []screen { return []screen{newLive(s)} }},
	)
	return d
}

func (d *dashboard) Title() string { return "Dashboard" }

func (d *dashboard) SetSize(w, h int) {
	d.menuPage.SetSize(w, h)
	if d.need >= 0 {
		d.show()
	}
}

func (d *dashboard) Init() tea.Cmd {
	return tea.Batch(d.load(), d.due.look(d.surroundings), d.policy.look(d.surroundings))
}

func (d *dashboard) ShortHelp() []key.Binding {
	open := d.openKey()
	if d.need >= 0 {
		open = d.menu.open
	}
	return []key.Binding{open, bind("j k", "move", "j"), short(d.due.key(), "due"), short(d.policy.key(), "outside the policy"), bind("q", "quit", "q")}
}

func (d *dashboard) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(d.menu.bindings(), d.due.key(), d.policy.key())}
}

// overviewReadMsg brings the state of the team's keys.
type overviewReadMsg struct {
	id       int
	overview model.Overview
}

func (d *dashboard) load() tea.Cmd {
	id, session := d.request(), d.session
	d.asked = id
	return d.query(id, func(ctx context.Context) (tea.Msg, error) {
		o, err := session.Overview(ctx)
		return overviewReadMsg{id, o}, err
	})
}

func (d *dashboard) Update(msg tea.Msg) (transition, tea.Cmd) {
	defer d.settle()
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return d.press(msg), nil
	case countedMsg:
		return stay, tea.Batch(d.due.receive(d.surroundings, msg), d.policy.receive(d.surroundings, msg))
	case overviewReadMsg:
		if msg.id == d.asked {
			d.overview = &msg.overview
		}
	case failedMsg:
		if msg.id == d.asked {
			return d.failure(msg.err), nil
		}
		return stay, tea.Batch(d.due.failed(d.surroundings, msg), d.policy.failed(d.surroundings, msg))
	case changedMsg, refreshMsg:
		return stay, d.Init()
	}
	return stay, nil
}

// From abreast cells on, what needs attention stands beside the counts.
const (
	abreast      = 72
	besideCounts = 26
)

func (d *dashboard) View() string {
	lines, _ := d.lines()
	return d.page.view(append(lines, d.latest(d.page.height-len(lines)-1)...), d.styles)
}

// lines are the page but for the latest events; at is the line on which each
// thing begins that needs attention.
func (d *dashboard) lines() (lines []string, at []int) {
	lines = append(d.menu.lines(d.width), "")
	if d.overview == nil {
		return lines, nil
	}
	needs, at := d.attention()
	counts, first := d.counts(), len(lines)
	if d.width >= abreast {
		lines = append(lines, sideBySide(counts, needs, besideCounts)...)
	} else {
		first += len(counts) + 1
		lines = append(append(append(lines, counts...), ""), needs...)
	}
	for i := range at {
		at[i] += first
	}
	if words := trafficWords(*d.overview); words != "" {
		lines = append(append(lines, ""), factLines([]Fact{{"Requests", words}}, d.styles, d.width)...)
	}
	return append(lines, ""), at
}

func (d *dashboard) counts() []string {
	c := d.overview.Counts
	lines := []string{d.styles.paint(strong, "  Keys")}
	for _, row := range []struct {
		n    int
		word string
		tone tone
	}{{c.Active, "active", plain}, {c.Suspended, "suspended", warning}, {c.Expired, "expired", bad}, {c.Revoked, "revoked", dim}} {
		t := row.tone
		if row.n == 0 {
			t = dim
		}
		lines = append(lines, "  "+d.styles.paint(t, right(thousands(row.n), 7)+"  "+row.word))
	}
	return lines
}

// needs are what somebody should look after.
func (d *dashboard) needs() []need {
	if d.overview == nil {
		return nil
	}
	return slices.Concat(needsAttention(*d.overview, d.session.Now()), d.due.needs(), d.policy.needs())
}

// attention draws what somebody should look after; at is the line on which each
// begins.
func (d *dashboard) attention() (lines []string, at []int) {
	lines = []string{d.styles.paint(strong, "  Needs attention")}
	needs := d.needs()
	if len(needs) == 0 {
		return append(lines, d.styles.paint(dim, "  nothing")), nil
	}
	room := d.width
	if d.width >= abreast {
		room -= besideCounts
	}
	for i, n := range needs {
		at = append(at, len(lines))
		words := indented(d.styles, warning, n.words, 2, room)
		if i == d.need {
			words = indented(d.styles, accent, n.words, 2, room)
			words[0] = d.styles.paint(accent, "> ") + words[0][2:]
		}
		lines = append(lines, words...)
	}
	return lines, at
}

// latestEvents is how many events there are at least below the facts, where
// the trail has as many.
const latestEvents = 10

// latest are the latest events, as many as fill the window.
func (d *dashboard) latest(room int) []string {
	es := d.overview.Latest
	if len(es) == 0 {
		return nil
	}
	es = es[:min(len(es), max(latestEvents, room))]
	return append([]string{d.styles.paint(strong, "  Latest")}, eventLines(es, d.now(), d.styles, d.width)...)
}

// eventLines draws events, the time first. What a narrow window has no room for
// goes on in the next line.
func eventLines(es []model.Event, now time.Time, s *styles, w int) []string {
	var lines []string
	for _, e := range es {
		when := "  " + s.paint(dim, right(ago(e.At, now), 8)) + "  "
		for _, part := range wrap(model.Printable(e.Sentence()), max(10, w-14)) {
			lines = append(lines, when+s.paint(eventTone(e), part))
			when = strings.Repeat(" ", 12)
		}
	}
	return lines
}

// sideBySide puts two blocks of lines beside each other.
func sideBySide(a, b []string, at int) []string {
	lines := make([]string, max(len(a), len(b)))
	for i := range lines {
		var l, r string
		if i < len(a) {
			l = a[i]
		}
		if i < len(b) {
			r = b[i]
		}
		lines[i] = strings.TrimRight(left(l, at)+r, " ")
	}
	return lines
}
