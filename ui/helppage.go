package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// helpPage lists the keys that work on the screen beneath it, and says in
// plain words what keys and secrets are.
type helpPage struct {
	*surroundings
	of      screen
	general general
	move    movement
	back    key.Binding
	page    page
	width   int
}

func newHelpPage(s *surroundings, of screen, g general) *helpPage {
	return &helpPage{surroundings: s, of: of, general: g, move: newMovement(), back: bind("esc", "back", "esc", "h", "left", "?", "q")}
}

func (p *helpPage) Closes()          {}
func (p *helpPage) Title() string    { return "Help" }
func (p *helpPage) Init() tea.Cmd    { return nil }
func (p *helpPage) SetSize(w, h int) { p.width, p.page.height = w, h }
func (p *helpPage) ShortHelp() []key.Binding {
	more := short(p.move.PageDown, "more")
	more.SetEnabled(p.page.top+p.page.height < len(p.lines()))
	return []key.Binding{more, p.back}
}

func (p *helpPage) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(p.move.bindings(), p.back)}
}

func (p *helpPage) Update(msg tea.Msg) (transition, tea.Cmd) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return stay, nil
	}
	if by, ok := p.move.step(k, max(1, p.page.height-1)); ok {
		p.page.top = max(0, min(p.page.top+by, len(p.lines())-1))
		return stay, nil
	}
	if key.Matches(k, p.back) {
		return pop(), nil
	}
	return stay, nil
}

func (p *helpPage) View() string { return p.page.view(p.lines(), p.styles) }

// guide says what everybody should know, in words without jargon.
var guide = []Fact{
	{"API key", "The name of an application to your systems, in two parts. The api_key is public: it may stand in a log or a letter."},
	{"API secret", "The other part, which proves that the caller is that application. Treat it like a password: it is shown once, and nobody, not even an administrator, can look it up later."},
	{"Regenerate", "Makes a new secret for the same key. The old one stops working at once. Do this when a secret may have been seen by others, and whenever somebody who knew it leaves."},
	{"Suspend", "Denies every request with the key until somebody resumes it. Nothing is lost."},
	{"Revoke", "Ends the key for good. For an application that is gone."},
	{"It leaked", "Regenerate the secret at once, give the new one to the application, and tell an administrator. The history of the key shows who did what and when."},
	{"Who may", "Administrators and IT managers manage keys, and so does anyone to whom an administrator granted it. Profile & Team says what you may do."},
}

func (p *helpPage) lines() []string {
	lines := []string{p.styles.paint(strong, "  Keys on "+p.of.Title())}
	groups := append(p.of.FullHelp(), []key.Binding{p.general.Help, p.general.Quit, p.general.Refresh, p.general.Redraw, p.general.Pause})
	for _, group := range groups {
		for _, b := range group {
			if b.Enabled() {
				lines = append(lines, "  "+p.styles.paint(accent, left(b.Help().Key, 13))+"  "+fit(b.Help().Desc, max(8, p.width-19)))
			}
		}
	}
	return append(append(lines, "", p.styles.paint(strong, "  In plain words")), factLines(guide, p.styles, p.width)...)
}
