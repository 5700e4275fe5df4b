package ui

import (
	"context"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// whoMay lists who may do some things, and why.
type whoMay struct {
	*surroundings
	page
	title   string
	target  string // an api_key, "" for what is not about one key
	ps      []model.Permission
	holders [][]model.Holder // for each permission, nil until they are read
	asked   int
	width   int
	move    movement
	back    key.Binding
}

func newWhoMay(s *surroundings, title, target string, ps ...model.Permission) *whoMay {
	return &whoMay{surroundings: s, title: title, target: target, ps: ps, move: newMovement(), back: backBinding()}
}

func (p *whoMay) Title() string            { return model.Printable(p.title) }
func (p *whoMay) SetSize(w, h int)         { p.width, p.page.height = w, h }
func (p *whoMay) ShortHelp() []key.Binding { return []key.Binding{p.back} }
func (p *whoMay) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(p.move.bindings(), p.back)}
}

// holdersReadMsg brings who may do each of the things that were asked about.
type holdersReadMsg struct {
	id      int
	holders [][]model.Holder
}

func (p *whoMay) Init() tea.Cmd {
	id, session, ps, target := p.request(), p.session, p.ps, p.target
	p.asked = id
	return p.query(id, func(ctx context.Context) (tea.Msg, error) {
		all := make([][]model.Holder, len(ps))
		for i, x := range ps {
			hs, err := session.WhoMay(ctx, x, target)
			if err != nil {
				return nil, err
			}
			all[i] = hs
		}
		return holdersReadMsg{id, all}, nil
	})
}

func (p *whoMay) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if by, ok := p.move.step(msg, p.page.height); ok {
			p.page.top = max(0, min(p.page.top+by, len(p.lines())-1))
			return stay, nil
		}
		if key.Matches(msg, p.back) {
			return pop(), nil
		}
	case holdersReadMsg:
		if msg.id == p.asked {
			p.holders = msg.holders
		}
	case changedMsg, refreshMsg, teamChangedMsg:
		return stay, p.Init()
	case failedMsg:
		if msg.id == p.asked {
			return p.failure(msg.err), nil
		}
	}
	return stay, nil
}

func (p *whoMay) View() string { return p.page.view(p.lines(), p.styles) }

func (p *whoMay) lines() []string {
	var lines []string
	names := p.nameColumn()
	for i, hs := range p.holders {
		if i > 0 {
			lines = append(lines, "")
		}
		title := "  " + p.styles.paint(strong, fit(sentenceCase(p.words(p.ps[i])), p.width-4))
		if p.target == "" { // the name by which it is granted
			title += p.styles.paint(dim, fit("  "+string(p.ps[i]), p.width-2-width(title)))
		}
		lines = append(lines, title)
		lines = append(lines, factColumns(holderFacts(hs), names, p.styles, p.width)...)
		if len(hs) == 0 {
			lines = append(lines, indented(p.styles, plain, "Nobody.", 2, p.width)...)
		}
		if more := narrowerWords(p.ps[i], "w on the page of a key says who may."); more != "" && p.target == "" {
			lines = append(append(lines, ""), indented(p.styles, dim, more, 2, p.width)...)
		}
	}
	return lines
}

// holderFacts are who may do something, and why.
func holderFacts(hs []model.Holder) []Fact {
	var facts []Fact
	for _, h := range hs {
		facts = append(facts, Fact{model.Printable(h.Member.Name), h.Why.String()})
	}
	return facts
}

// nameColumn is how many cells the names take, in one layout for the whole page:
// where one answer has no room beside its name, none is put there.
func (p *whoMay) nameColumn() int {
	facts := holderFacts(slices.Concat(p.holders...))
	names := longestName(facts)
	for _, f := range facts {
		if longestWord(f.Value) > p.width-names-6 {
			return p.width
		}
	}
	return names
}

// words say what is asked about: for one key what would be done to it.
func (p *whoMay) words(x model.Permission) string {
	if done, ok := doneToKey[x]; ok && p.target != "" {
		return done
	}
	return x.Words()
}

// doneToKey are what permissions allow with one key.
var doneToKey = map[model.Permission]string{
	model.KeysRegenerate: "regenerate its secret", model.KeysSuspend: "suspend and resume it",
	model.KeysRevoke: "revoke it", model.KeysEdit: "change it",
}

// narrowerWords say who else may do something to some keys alone, "" for
// nobody, and how one finds out about a key.
func narrowerWords(p model.Permission, how string) string {
	ask := "grants may allow it for one application: " + how
	switch {
	case reachOf(model.PlainMember, p) == 'o':
		return "With keys that they own, Members may do this too, and " + ask
	case p == model.KeysEdit:
		return "And " + ask
	}
	return ""
}
