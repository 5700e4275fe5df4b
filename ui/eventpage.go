package ui

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// eventPage is one event in plain words, with what was before and after.
type eventPage struct {
	*surroundings
	page
	event model.Event
	asked int
	width int
	move  movement
	toKey key.Binding
	back  key.Binding
}

func newEventPage(s *surroundings, e model.Event) *eventPage {
	p := &eventPage{surroundings: s, event: e, move: newMovement(), toKey: bind("enter", "open the key", "enter", "l", "right"), back: backBinding()}
	p.toKey.SetEnabled(e.Key != "")
	return p
}

func (p *eventPage) Title() string    { return fmt.Sprintf("Event %d", p.event.Seq) }
func (p *eventPage) Init() tea.Cmd    { return nil }
func (p *eventPage) SetSize(w, h int) { p.width, p.height = w, h }

func (p *eventPage) ShortHelp() []key.Binding { return []key.Binding{p.toKey, p.back} }
func (p *eventPage) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(p.move.bindings(), p.toKey, p.back)}
}

// keyReadMsg brings one key.
type keyReadMsg struct {
	id  int
	key model.Key
}

func (p *eventPage) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if by, ok := p.move.step(msg, p.height); ok {
			p.top = max(0, min(p.top+by, len(p.lines())-1))
			return stay, nil
		}
		switch {
		case key.Matches(msg, p.toKey) && p.asked == 0:
			return stay, p.readKey()
		case key.Matches(msg, p.back):
			return pop(), nil
		}
	case keyReadMsg:
		if msg.id == p.asked {
			p.asked = 0
			return push(newDetails(p.surroundings, msg.key)), nil
		}
	case failedMsg:
		if msg.id == p.asked && p.asked != 0 {
			p.asked = 0
			return p.failure(msg.err), nil
		}
	}
	return stay, nil
}

func (p *eventPage) readKey() tea.Cmd {
	id, session, key := p.request(), p.session, p.event.Key
	p.asked = id
	return p.query(id, func(ctx context.Context) (tea.Msg, error) {
		k, err := session.Key(ctx, key)
		return keyReadMsg{id, k}, err
	})
}

func (p *eventPage) View() string { return p.page.view(p.lines(), p.styles) }

func (p *eventPage) lines() []string {
	e, s := p.event, p.styles
	var lines []string
	for _, l := range wrap(model.Printable(e.Sentence())+".", max(10, p.width-4)) {
		lines = append(lines, "  "+s.paint(strong, l))
	}
	outcome := "done"
	if e.Outcome == model.Denied {
		outcome = "not allowed, so nothing changed"
	}
	facts := []Fact{
		{"When", e.At.UTC().Format("2006-01-02 15:04:05 UTC") + " (" + agoWords(e.At, p.now()) + ")"},
		{"Who", orElse(e.ActorEmail, "empress itself")},
		{"How", orElse(wayIn(e), "not known")},
		{"Outcome", outcome},
	}
	for _, f := range []Fact{{"Application", e.Application}, {"api_key", string(e.Key)}, {"Member", e.Member}, {"Note", e.Note}} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	if e.Generation > 0 {
		facts = append(facts, Fact{"Afterwards", fmt.Sprintf("secret number %d, %s", e.Generation, e.State)})
	}
	lines = append(append(lines, ""), factLines(facts, s, p.width)...)
	if len(e.Changes) > 0 {
		lines = append(lines, "", s.paint(strong, "  Before and after"))
		lines = append(lines, factLines(changeFacts(e.Changes), s, p.width)...)
	}
	return lines
}

// changeFacts say what each field was and is.
func changeFacts(cs []model.Change) []Fact {
	facts := make([]Fact, len(cs))
	for i, c := range cs {
		facts[i] = Fact{c.Field, recorded(c.Before) + "  ->  " + recorded(c.After)}
	}
	return facts
}

// recorded shows what the trail holds of a field: an instant as everywhere.
func recorded(value string) string {
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return exactly(at)
	}
	return orElse(value, "nothing")
}
