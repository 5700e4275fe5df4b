package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// access is API Access: the list of keys, sorted and filtered, with every
// action on the one that is chosen.
type access struct {
	*surroundings
	list      keyList
	filter    textinput.Model
	filtering bool
	wide      bool
	keys      accessKeys
	drawing   rowDrawing
	width     int
	height    int
	held      []tea.KeyPressMsg // keys that wait until it is known which key is chosen
}

type accessKeys struct {
	movement
	keyActions
	Open, New, Filter, Sort, Reverse, Wide, Back key.Binding
}

func newAccess(s *surroundings) *access {
	a := &access{surroundings: s, filter: newInput(s.styles)}
	a.list.query.Sort = model.ByApplication
	a.list.cursor, a.list.top = -1, -1
	a.filter.Prompt = "/ "
	a.keys = accessKeys{
		movement: newMovement(), keyActions: newKeyActions(),
		Open:    openBinding("open"),
		New:     bind("n", "Create New API Key", "n"),
		Filter:  bind("/", "filter", "/"),
		Sort:    bind("s", "sort by the next column", "s"),
		Reverse: bind("S", "turn the order round", "S"),
		Wide:    bind("w", "the api_key in full, with fewer columns", "w"),
		Back:    backBinding(),
	}
	return a
}

func (a *access) Title() string { return "API Access" }
func (a *access) Init() tea.Cmd {
	if a.list.loaded {
		return nil
	}
	return a.list.read(a.surroundings, afresh)
}

func (a *access) SetSize(w, h int) {
	a.width, a.height = w, h
	a.filter.SetWidth(max(6, w-24))
	a.list.rows = max(1, (h-a.chrome())/a.rowHeight())
	a.list.scroll()
	a.drawing.reset()
}

func (a *access) Typing() bool { return a.filtering }

func (a *access) Cursor() *tea.Cursor {
	if !a.filtering {
		return nil
	}
	c := a.filter.Cursor()
	c.X += 2
	return c
}

func (a *access) ShortHelp() []key.Binding {
	if a.filtering {
		return []key.Binding{bind("enter", "keep the filter", "enter"), bind("esc", "clear it", "esc")}
	}
	create := short(a.keys.New, "new")
	create.SetEnabled(a.session.Can(model.KeysCreate, model.Target{}) == nil)
	if k := a.list.chosen(); k != nil {
		actions := a.keys.enabledFor(a.session, *k)
		rare := max(0, len(actions)-2) // edit and copy
		return slices.Concat([]key.Binding{create}, actions[:rare], []key.Binding{a.keys.Filter, short(a.keys.Open, "open")}, actions[rare:], []key.Binding{a.keys.Back})
	}
	return []key.Binding{create, a.keys.Filter, short(a.keys.Sort, "sort"), a.keys.Back}
}

func (a *access) FullHelp() [][]key.Binding {
	k := a.keys
	return [][]key.Binding{
		append(k.movement.bindings(), k.Open, k.Back),
		append([]key.Binding{k.New}, k.keyActions.bindings()...),
		{k.Filter, k.Sort, k.Reverse, k.Wide},
	}
}

func (a *access) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if a.filtering {
			return a.typeFilter(msg)
		}
		return a.press(msg)
	case tea.PasteMsg:
		if a.filtering {
			return a.typeFilter(msg)
		}
	case keysReadMsg:
		if a.list.receive(msg) {
			return a.settle()
		}
	case keysAroundMsg:
		if a.list.receiveAround(msg) {
			return a.settle()
		}
	case keyChangedMsg:
		a.list.put(msg.key)
		a.drawing.reset()
	case keyCreatedMsg:
		if msg.key.Generation == 1 {
			return stay, a.showNew(msg.key)
		}
		a.list.put(msg.key)
		return stay, a.list.read(a.surroundings, a.list.again())
	case changedMsg, refreshMsg:
		if a.list.asked != 0 && a.list.how == atKey {
			return stay, nil // being read around a new key
		}
		return stay, a.list.read(a.surroundings, a.list.again())
	case stylesMsg:
		styleInput(&a.filter, a.styles)
		a.drawing.reset()
	case failedMsg:
		if msg.id == a.list.asked {
			a.list.failed()
			a.held = nil
			return stay.say(bad, model.Sentence(msg.err)), nil
		}
	}
	return stay, nil
}

// showNew puts the cursor on a new key, which no filter may hide.
func (a *access) showNew(k model.Key) tea.Cmd {
	a.filter.SetValue("")
	a.list.query.Text = ""
	return a.list.around(a.surroundings, k)
}

// settle draws afresh after keys were read, and does what was asked for while
// they were.
func (a *access) settle() (transition, tea.Cmd) {
	a.list.scroll()
	a.drawing.reset()
	cmds := []tea.Cmd{a.more()}
	for len(a.held) > 0 && !a.list.jumping() {
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

// more reads the next stretch when the cursor comes near it.
func (a *access) more() tea.Cmd {
	if how, ok := a.list.wants(); ok {
		return a.list.read(a.surroundings, how)
	}
	return nil
}

func (a *access) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	k := a.keys
	if a.list.jumping() && (a.list.loaded || len(a.held) > 0 || !key.Matches(msg, k.New, k.Open)) && !key.Matches(msg, k.Back, k.Filter) {
		a.held = append(a.held, msg)
		return stay, nil
	}
	if by, ok := k.movement.step(msg, a.list.rows); ok {
		return stay, a.moveBy(by)
	}
	chosen := a.list.chosen()
	switch {
	case key.Matches(msg, k.New), key.Matches(msg, k.Open) && chosen == nil:
		return a.create()
	case key.Matches(msg, k.Open):
		return push(newDetails(a.surroundings, *chosen)), nil
	case key.Matches(msg, k.Filter):
		a.filtering = true
		return stay, a.filter.Focus()
	case key.Matches(msg, k.Sort):
		return stay, a.sort(1)
	case key.Matches(msg, k.Reverse):
		a.list.query.Descending = !a.list.query.Descending
		return stay, a.list.read(a.surroundings, afresh)
	case key.Matches(msg, k.Wide):
		a.wide = !a.wide
		a.drawing.reset()
		return stay, nil
	case key.Matches(msg, k.Back):
		return a.goBack()
	}
	return k.keyActions.press(a.surroundings, msg, chosen)
}

// moveBy moves the cursor; to the ends it reads what is there.
func (a *access) moveBy(by int) tea.Cmd {
	const far = 1 << 20
	switch {
	case by > far && a.list.after:
		return a.list.read(a.surroundings, atEnd)
	case by < -far && a.list.before:
		return a.list.read(a.surroundings, atTop)
	}
	a.list.move(by)
	return a.more()
}

func (a *access) create() (transition, tea.Cmd) {
	if err := a.session.Can(model.KeysCreate, model.Target{}); err != nil {
		return stay.say(warning, model.Sentence(err)), nil
	}
	return push(newCreateForm(a.surroundings)), nil
}

func (a *access) sort(by int) tea.Cmd {
	all := model.KeySorts()
	i := slices.Index(all, a.list.query.Sort)
	a.list.query.Sort = all[(i+by+len(all))%len(all)]
	return a.list.read(a.surroundings, afresh)
}

// goBack clears the filter first, then leaves.
func (a *access) goBack() (transition, tea.Cmd) {
	if a.filter.Value() == "" {
		return pop(), nil
	}
	a.filter.SetValue("")
	return stay, a.search()
}
