package ui

import (
	"context"
	"fmt"
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
	policy   policyCheck
}

func newDashboard(s *surroundings) *dashboard {
	d := &dashboard{surroundings: s, policy: newPolicyCheck()}
	d.menu = newMenu(s,
		entry{name: "Settings", hint: "Profile & Team, keys, appearance", open: func() []screen { return []screen{newSettings(s)} }},
		entry{name: "API Access", hint: "see, create and regenerate API keys", open: func() []screen {
			return []screen{newSettings(s), newTeam(s), newAccess(s)}
		}},
		entry{name: "Activity", hint: "who did what, and when", open: func() []screen { return []screen{newActivity(s)} }, needs: model.AuditView},
	)
	return d
}

func (d *dashboard) Title() string { return "Dashboard" }
func (d *dashboard) Init() tea.Cmd { return tea.Batch(d.load(), d.policy.read(d.surroundings)) }

func (d *dashboard) ShortHelp() []key.Binding {
	return []key.Binding{d.openKey(), bind("j k", "move", "j"), short(d.policy.key(), "outside the policy"), bind("q", "quit", "q")}
}

func (d *dashboard) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(d.menu.bindings(), d.policy.key())}
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
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if key.Matches(msg, d.policy.key()) {
			return push(newOutside(d.surroundings)), nil
		}
		t, _ := d.press(msg)
		return t, nil
	case outsideReadMsg:
		return stay, d.policy.receive(d.surroundings, msg)
	case overviewReadMsg:
		if msg.id == d.asked {
			d.overview = &msg.overview
		}
	case failedMsg:
		if msg.id == d.asked {
			return d.failure(msg.err), nil
		}
		return stay, d.policy.failed(d.surroundings, msg)
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
	lines := append(d.menu.lines(d.width), "")
	if d.overview == nil {
		return d.page.view(lines, d.styles)
	}
	counts, attention := d.counts(), d.attention()
	if d.width >= abreast {
		lines = append(lines, sideBySide(counts, attention, besideCounts)...)
	} else {
		lines = append(append(append(lines, counts...), ""), attention...)
	}
	lines = append(lines, "")
	return d.page.view(append(lines, d.latest(d.page.height-len(lines)-1)...), d.styles)
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

func (d *dashboard) attention() []string {
	lines := []string{d.styles.paint(strong, "  Needs attention")}
	found := append(needsAttention(*d.overview, d.session.Now()), d.policy.words()...)
	if len(found) == 0 {
		return append(lines, d.styles.paint(dim, "  nothing"))
	}
	room := d.width
	if d.width >= abreast {
		room -= besideCounts
	}
	for _, f := range found {
		lines = append(lines, indented(d.styles, warning, f, 2, room)...)
	}
	return lines
}

// needsAttention says in words what somebody should look after.
func needsAttention(o model.Overview, now time.Time) (found []string) {
	c := o.Counts
	for _, k := range o.Expiring {
		found = append(found, fmt.Sprintf("%s expires in %s", model.Printable(k.Application), until(k.ExpiresAt, now)))
	}
	if more := c.Expiring - len(o.Expiring); more > 0 {
		found = append(found, fmt.Sprintf("%s more within %s", thousands(more), span(model.ExpiringSoon)))
	}
	if c.Expired > 0 {
		found = append(found, fmt.Sprintf("%s expired: create a new one, or revoke", thousands(c.Expired)))
	}
	if c.Unconfirmed > 0 {
		found = append(found, fmt.Sprintf("%s not confirmed: regenerate if not stored", count(c.Unconfirmed, "secret")))
	}
	return append(found, usageWarnings(o.Traffic.UsageWarnings)...)
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
