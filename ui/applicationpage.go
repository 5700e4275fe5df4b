package ui

import (
	"cmp"
	"context"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// applicationPage is one application: what it is, its keys with those who
// answer for them, and what happened to it last. The cursor goes over the ways
// on: each key, all of them, and its activity.
type applicationPage struct {
	*surroundings
	applicationFile
	page
	cursor int // index into ways
	asked  int
	width  int
	keys   applicationPageKeys
}

type applicationPageKeys struct {
	movement
	Open, Edit, New, Usage, Back key.Binding
}

// applicationFile is what is known of an application.
type applicationFile struct {
	application model.Application
	read        bool          // the rest is known
	issued      []model.Key   // its keys, those that were revoked last
	count       int           // how many there are
	more        bool          // not all of them were read
	events      []model.Event // the latest first, none for whoever may not see the trail
}

// applicationReadMsg brings what is known of an application.
type applicationReadMsg struct {
	id   int
	file applicationFile
}

// keysOnPage is how many keys an application's page lists.
const keysOnPage = 20

func newApplicationPage(s *surroundings, a model.Application) *applicationPage {
	return &applicationPage{surroundings: s, applicationFile: applicationFile{application: a}, keys: applicationPageKeys{
		movement: newMovement(), Open: openBinding("open"), Edit: bind("e", "edit or rename", "e"),
		New: bind("n", "Create New API Key for it", "n"), Usage: usageBinding(), Back: backBinding(),
	}}
}

func (p *applicationPage) Title() string    { return model.Printable(p.application.Name) }
func (p *applicationPage) SetSize(w, h int) { p.width, p.page.height = w, h }

func (p *applicationPage) ShortHelp() []key.Binding {
	open, edit, create := p.keys.Open, short(p.keys.Edit, "edit"), short(p.keys.New, "new key")
	if p.hidden() {
		open = short(open, "show it")
	}
	open.SetEnabled(p.read)
	edit.SetEnabled(p.mayManageApplications() == nil)
	create.SetEnabled(p.mayCreate() == nil)
	usage := short(p.keys.Usage, "usage")
	usage.SetEnabled(p.read && p.maySeeUsage() == nil)
	return []key.Binding{open, edit, create, usage, p.keys.Back}
}

func (p *applicationPage) FullHelp() [][]key.Binding {
	k := p.keys
	return [][]key.Binding{{k.Open, k.Edit, k.New, k.Usage}, append(k.movement.bindings(), k.Back)}
}

// Limits says which actions cannot be done with this application.
func (p *applicationPage) Limits() map[string]error {
	return map[string]error{p.keys.Edit.Help().Key: p.mayManageApplications(), p.keys.New.Help().Key: p.mayCreate(), p.keys.Usage.Help().Key: p.maySeeUsage()}
}

// mayCreate is why the member may not create keys for the application.
func (p *applicationPage) mayCreate() error {
	return p.session.Can(model.KeysCreate, model.Target{Application: p.application.ID})
}

// maySeeUsage is why the member may not see how the application is used, as far
// as its keys are known: that of one of them is enough.
func (p *applicationPage) maySeeUsage() error {
	if slices.ContainsFunc(p.issued, func(k model.Key) bool { return p.session.Can(model.UsageView, k.On()) == nil }) {
		return nil
	}
	return p.session.Can(model.UsageView, model.Target{Application: p.application.ID})
}

func (p *applicationPage) Init() tea.Cmd {
	id, session, a := p.request(), p.session, p.application.ID
	p.asked = id
	return p.query(id, func(ctx context.Context) (tea.Msg, error) {
		f, err := readApplication(ctx, session, a)
		return applicationReadMsg{id, f}, err
	})
}

// readApplication reads what may be known of an application, whatever it is
// called now.
func readApplication(ctx context.Context, s *model.Session, id model.ApplicationID) (f applicationFile, err error) {
	all, err := s.Applications(ctx)
	if err != nil {
		return f, err
	}
	i := slices.IndexFunc(all, func(a model.Application) bool { return a.ID == id })
	if i < 0 {
		return f, model.Errorf(model.CodeNotFound, "You may not see that application any more, so this may be out of date. esc goes back.")
	}
	f.application, f.read = all[i], true
	ks, err := s.Keys(ctx, model.KeyQuery{Application: f.application.Name})
	if err != nil {
		return f, err
	}
	f.issued, f.count, f.more = ks.Keys, ks.Count, ks.More
	slices.SortStableFunc(f.issued, func(a, b model.Key) int { return cmp.Compare(ended(a), ended(b)) })
	if s.Can(model.AuditView, model.Target{}) == nil {
		f.events, err = s.Events(ctx, model.EventQuery{Application: f.application.Name, Limit: recentEvents})
	}
	return f, err
}

// ended is 1 for a key that was revoked.
func ended(k model.Key) int {
	if k.State == model.Revoked {
		return 1
	}
	return 0
}

func (p *applicationPage) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg), nil
	case applicationReadMsg:
		if msg.id == p.asked {
			p.receive(msg.file)
		}
	case applicationChangedMsg, keyChangedMsg, keyCreatedMsg, keysChangedMsg, changedMsg, refreshMsg:
		return stay, p.Init()
	case failedMsg:
		if msg.id == p.asked {
			return p.failure(msg.err), nil
		}
	}
	return stay, nil
}

// receive shows what was read, with the cursor on the key that it was on.
func (p *applicationPage) receive(f applicationFile) {
	before := p.listed()
	p.applicationFile = f
	if p.cursor < len(before) {
		on := before[p.cursor].ID
		if i := slices.IndexFunc(p.listed(), func(k model.Key) bool { return k.ID == on }); i >= 0 {
			p.cursor = i
		}
	}
	p.cursor = max(0, min(p.cursor, len(p.ways())-1))
}

// listed are the keys that the page lists.
func (p *applicationPage) listed() []model.Key {
	return p.issued[:min(len(p.issued), keysOnPage)]
}

func (p *applicationPage) press(msg tea.KeyPressMsg) transition {
	k := p.keys
	switch {
	case p.page.turn(msg, k.movement):
	case key.Matches(msg, k.Up, k.Down, k.Top, k.Bottom):
		by, _ := k.step(msg, 1)
		p.move(by)
	case key.Matches(msg, k.Open):
		return p.open()
	case key.Matches(msg, k.Edit):
		if err := p.mayManageApplications(); err != nil {
			return p.refusal(err)
		}
		if p.read { // until then it is not known how it stands
			return push(newApplicationEdit(p.surroundings, p.application))
		}
	case key.Matches(msg, k.New):
		if err := p.mayCreate(); err != nil {
			return p.refusal(err)
		}
		return push(newCreateFormFor(p.surroundings, p.application.Name))
	case key.Matches(msg, k.Usage):
		return p.showUsage()
	case key.Matches(msg, k.Back):
		return pop()
	}
	return stay
}

// showUsage shows how the application is used, once its keys are known.
func (p *applicationPage) showUsage() transition {
	switch err := p.maySeeUsage(); {
	case !p.read:
		return stay
	case err != nil:
		return p.refusal(err)
	}
	return push(newApplicationUsage(p.surroundings, p.application))
}

// hidden is whether what is chosen is not in the window.
func (p *applicationPage) hidden() bool {
	lines, at := p.lines()
	if len(at) == 0 {
		return false
	}
	end := p.top + p.page.height
	if end < len(lines) {
		end-- // the last line says that more is below
	}
	return at[p.cursor] < p.top || at[p.cursor] >= end
}

// move moves the cursor; beyond the first way and the last one it shows what
// stands there. One that is out of the window comes into it first.
func (p *applicationPage) move(by int) {
	lines, at := p.lines()
	if p.hidden() && (by == 1 || by == -1) {
		p.top = max(0, min(p.top+by, len(lines)-p.page.height))
		return
	}
	to := p.cursor + by
	p.cursor = max(0, min(len(at)-1, to))
	switch {
	case len(at) == 0 || to < 0:
		p.top = 0
	case to >= len(at):
		p.top = len(lines) // View keeps it within what there is
	default:
		p.showCursor(at)
	}
}

// showCursor scrolls to the way that the cursor is on, with a line below for
// what the page says of lines there.
func (p *applicationPage) showCursor(at []int) {
	p.reveal(at[p.cursor] + 1)
	p.reveal(at[p.cursor])
}

// open follows the way that the cursor is on. One that cannot be seen is shown
// first.
func (p *applicationPage) open() transition {
	ways := p.ways()
	if len(ways) == 0 {
		return stay
	}
	if p.hidden() {
		_, at := p.lines()
		p.showCursor(at)
		return stay
	}
	w := ways[p.cursor]
	if w.why != nil {
		return p.refusal(w.why)
	}
	return push(w.open())
}

// Click follows the way on a line, when the cursor is on it already.
func (p *applicationPage) Click(_, y int) (transition, tea.Cmd) {
	_, at := p.lines()
	switch i := slices.Index(at, y+p.top); {
	case i < 0:
	case i == p.cursor:
		return p.open(), nil
	default:
		p.cursor = i
	}
	return stay, nil
}
