package ui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// applications is the list of what uses the keys.
type applications struct {
	*surroundings
	list          shortList
	all           []model.Application
	shown         []model.Application // of those, what the filter leaves
	loaded        bool
	asked         int                 // number of the latest question for them
	show          model.ApplicationID // where the cursor goes when they are read, 0 for where it is
	held          bool                // enter came before anybody knew which is chosen
	filter        filterField
	width, height int
	keys          applicationKeys
}

type applicationKeys struct {
	movement
	Open, Add, Filter, Back key.Binding
}

func newApplications(s *surroundings) *applications {
	a := &applications{surroundings: s, filter: newFilterField(s.styles), keys: applicationKeys{
		movement: newMovement(), Open: openBinding("open"), Add: bind("n", "add an application", "n"),
		Filter: bind("/", "filter by a name, a purpose, a contact or a network", "/"), Back: backBinding(),
	}}
	return a
}

func (a *applications) Title() string { return "Applications" }

func (a *applications) ShortHelp() []key.Binding {
	if a.filter.on {
		return a.filter.help()
	}
	open, add, back := a.keys.Open, short(a.keys.Add, "add"), a.keys.Back
	open.SetEnabled(a.chosen() != nil)
	add.SetEnabled(a.mayManageApplications() == nil)
	if a.filter.Value() != "" {
		back = short(back, "no filter")
	}
	return []key.Binding{open, add, short(a.keys.Filter, "filter"), back}
}

func (a *applications) FullHelp() [][]key.Binding {
	k := a.keys
	return [][]key.Binding{{k.Open, k.Add, k.Filter}, append(k.movement.bindings(), k.Back)}
}

// Limits says why a member who may not add applications cannot.
func (a *applications) Limits() map[string]error {
	return map[string]error{a.keys.Add.Help().Key: a.mayManageApplications()}
}

// mayManageApplications is why the member may not add or change applications.
func (s *surroundings) mayManageApplications() error {
	return s.session.Can(model.ApplicationsManage, model.Target{})
}

// applicationsReadMsg brings the applications that the member may see.
type applicationsReadMsg struct {
	id           int
	applications []model.Application
}

func (a *applications) Init() tea.Cmd {
	id, cmd := a.askApplications()
	a.asked = id
	return cmd
}

// askApplications asks for the applications; id is the number of the question.
func (s *surroundings) askApplications() (id int, cmd tea.Cmd) {
	id, session := s.request(), s.session
	return id, s.query(id, func(ctx context.Context) (tea.Msg, error) {
		as, err := session.Applications(ctx)
		return applicationsReadMsg{id, as}, err
	})
}

func (a *applications) SetSize(w, h int) {
	a.width, a.height = w, h
	a.filter.SetWidth(max(6, w-24))
	a.list.resize(len(a.shown), (h-len(a.above()))/a.rowHeight())
}

func (a *applications) Typing() bool { return a.filter.on }

func (a *applications) Cursor() *tea.Cursor { return a.filter.cursor() }

func (a *applications) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if a.filter.on {
			return stay, a.filter.typed(msg, a.moveBy, a.search)
		}
		return a.press(msg)
	case tea.PasteMsg:
		if a.filter.on {
			return stay, a.filter.typed(msg, a.moveBy, a.search)
		}
	case applicationsReadMsg:
		if msg.id == a.asked {
			return a.receive(msg.applications), nil
		}
	case applicationChangedMsg:
		if msg.added {
			a.filter.SetValue("") // it may hide what was added
			a.show = msg.application.ID
		}
		return stay, a.Init()
	case changedMsg, refreshMsg, keyChangedMsg, keyCreatedMsg, keysChangedMsg:
		return stay, a.Init()
	case stylesMsg:
		styleInput(&a.filter.Model, a.styles)
	case failedMsg:
		if msg.id == a.asked {
			a.held = false
			return a.failure(msg.err), nil
		}
	}
	return stay, nil
}

// receive shows the applications, with the cursor on the one that it was on.
func (a *applications) receive(all []model.Application) transition {
	a.all, a.loaded = all, true
	a.narrow()
	if a.held {
		a.held = false
		return a.open()
	}
	return stay
}

// narrow keeps to what the filter leaves. The cursor stays on its application,
// as long as that is there.
func (a *applications) narrow() {
	if c := a.chosen(); c != nil && a.show == 0 {
		a.show = c.ID
	}
	words := a.words()
	a.shown = slices.DeleteFunc(slices.Clone(a.all), func(x model.Application) bool { return !holdsAll(applicationText(x), words) })
	a.SetSize(a.width, a.height)
	if i := slices.IndexFunc(a.shown, func(x model.Application) bool { return x.ID == a.show }); i >= 0 {
		a.list.move(i - a.list.cursor)
	}
	a.show = 0
}

// words are those of the filter.
func (a *applications) words() []string { return strings.Fields(strings.ToLower(a.filter.Value())) }

// applicationText is what an application is found by.
func applicationText(a model.Application) string {
	return strings.ToLower(strings.Join(append([]string{a.Name, a.Purpose, a.Contact, a.NetworkList()}, a.Former...), " "))
}

func (a *applications) chosen() *model.Application {
	if a.list.cursor >= len(a.shown) {
		return nil
	}
	return &a.shown[a.list.cursor]
}

func (a *applications) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	if by, ok := a.keys.step(msg, a.list.rows); ok {
		a.list.move(by)
		return stay, nil
	}
	switch {
	case key.Matches(msg, a.keys.Open):
		return a.open(), nil
	case key.Matches(msg, a.keys.Add):
		if err := a.mayManageApplications(); err != nil {
			return a.failure(err), nil
		}
		return push(newApplicationForm(a.surroundings)), nil
	case key.Matches(msg, a.keys.Filter):
		return stay, a.filter.begin()
	case key.Matches(msg, a.keys.Back) && a.filter.Value() != "":
		a.filter.SetValue("")
		a.narrow()
	case key.Matches(msg, a.keys.Back):
		return pop(), nil
	}
	return stay, nil
}

// open shows what the cursor is on, as soon as that is known.
func (a *applications) open() transition {
	c := a.chosen()
	if c == nil {
		a.held = !a.loaded
		return stay
	}
	return push(newApplicationPage(a.surroundings, *c))
}

// Wheel moves the cursor.
func (a *applications) Wheel(by int) (transition, tea.Cmd) { return stay, a.moveBy(by) }

// moveBy and search are for the filter: both are done at once.
func (a *applications) moveBy(by int) tea.Cmd {
	a.list.move(by)
	return nil
}

func (a *applications) search() tea.Cmd {
	a.narrow()
	return nil
}

// Click chooses an application, and opens the one that is chosen already.
func (a *applications) Click(_, y int) (transition, tea.Cmd) {
	if y -= len(a.above()); y >= 0 && a.list.click(y/a.rowHeight()) {
		return a.open(), nil
	}
	return stay, nil
}
