package ui

import (
	"context"
	"errors"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// usagePage is the requests made with one key, or with the keys of one
// application: how many over time, why some were denied, and who made them.
type usagePage struct {
	*surroundings
	page
	title   string
	read    func(context.Context, *model.Session, model.UsageSpan) (model.UsageReport, error)
	of      model.ApplicationID // whose keys it is about, 0 for that of one key
	span    model.UsageSpan
	report  *model.UsageReport // nil until it was read
	refused error              // why it is not shown
	leads   bool               // the key that it is about can be opened from here
	asked   int
	width   int
	keys    usageKeys
}

type usageKeys struct {
	movement
	Span, Choose, Open, Back key.Binding
}

func newUsagePage(s *surroundings) *usagePage {
	return &usagePage{surroundings: s, title: "Usage", span: model.LastDay, keys: usageKeys{
		movement: newMovement(), Span: bind("t tab", "how far back: 24 hours, 7 days or 30 days", "t", "tab"),
		Choose: bind("1…3", "24 hours, 7 days, 30 days", "1", "2", "3"), Open: openBinding("the key itself"), Back: backBinding(),
	}}
}

// newKeyUsage is the usage of a key, seen from the key.
func newKeyUsage(s *surroundings, id model.KeyID) *usagePage {
	p := newUsagePage(s)
	p.read = func(ctx context.Context, s *model.Session, span model.UsageSpan) (model.UsageReport, error) {
		return s.KeyUsage(ctx, id, span)
	}
	return p
}

// newUsageOf is the usage of a key, seen from elsewhere.
func newUsageOf(s *surroundings, id model.KeyID, application string) *usagePage {
	p := newKeyUsage(s, id)
	p.title, p.leads = "Usage of "+model.Printable(application), true
	return p
}

// newApplicationUsage is the usage of those keys of an application that the
// member may see it of.
func newApplicationUsage(s *surroundings, a model.Application) *usagePage {
	p := newUsagePage(s)
	p.of = a.ID
	p.called(a.Name)
	return p
}

// called goes by the name that the application has now.
func (p *usagePage) called(name string) {
	p.read = func(ctx context.Context, s *model.Session, span model.UsageSpan) (model.UsageReport, error) {
		return s.ApplicationUsage(ctx, name, span)
	}
}

func (p *usagePage) Title() string    { return p.title }
func (p *usagePage) SetSize(w, h int) { p.width, p.page.height = w, h }

func (p *usagePage) ShortHelp() []key.Binding {
	return []key.Binding{bind("t", "how far back", "t", "tab"), p.open(), p.keys.Back}
}

func (p *usagePage) FullHelp() [][]key.Binding {
	k := p.keys
	return [][]key.Binding{{k.Span, k.Choose, p.open()}, append(k.movement.bindings(), k.Back)}
}

// open is the way to the key, where the page did not come from there.
func (p *usagePage) open() key.Binding {
	open := p.keys.Open
	open.SetEnabled(p.leads && p.report != nil)
	return open
}

// usageReadMsg brings what is known of requests.
type usageReadMsg struct {
	id     int
	report model.UsageReport
}

func (p *usagePage) Init() tea.Cmd {
	id, session, span, read := p.request(), p.session, p.span, p.read
	p.asked = id
	return p.query(id, func(ctx context.Context) (tea.Msg, error) {
		r, err := read(ctx, session, span)
		return usageReadMsg{id, r}, err
	})
}

func (p *usagePage) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case usageReadMsg:
		if msg.id == p.asked {
			p.report, p.refused = &msg.report, nil
		}
	case applicationChangedMsg:
		if msg.application.ID == p.of {
			p.called(msg.application.Name)
		}
		return stay, p.Init()
	case keyChangedMsg, changedMsg, refreshMsg:
		return stay, p.Init()
	case failedMsg:
		if msg.id == p.asked {
			return p.failed(msg.err), nil
		}
	}
	return stay, nil
}

// failed keeps what was read, unless it is not for the member any more.
func (p *usagePage) failed(err error) transition {
	if errors.Is(err, model.ErrDenied) {
		p.report, p.refused = nil, err
		return stay
	}
	if p.report != nil {
		p.span = p.report.Span // which is what is shown
	}
	return p.failure(err)
}

func (p *usagePage) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	if by, ok := p.keys.step(msg, p.page.height); ok {
		p.page.top = max(0, min(p.page.top+by, len(p.lines())-1))
		return stay, nil
	}
	all := model.UsageSpans()
	switch k := p.keys; {
	case key.Matches(msg, k.Span):
		return stay, p.goBack(all[(slices.Index(all, p.span)+1)%len(all)])
	case key.Matches(msg, k.Choose):
		return stay, p.goBack(all[msg.String()[0]-'1'])
	case key.Matches(msg, p.open()):
		return push(newDetails(p.surroundings, p.report.Keys[0])), nil
	case key.Matches(msg, k.Back):
		return pop(), nil
	}
	return stay, nil
}

// goBack reads another span. What was read stays until the answer is there.
func (p *usagePage) goBack(span model.UsageSpan) tea.Cmd {
	p.span = span
	return p.Init()
}

func (p *usagePage) View() string { return p.page.view(p.lines(), p.styles) }
