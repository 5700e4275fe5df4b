package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// access is API Access: the list of keys, sorted and filtered, with every
// action on the one that is chosen.
type access struct {
	*surroundings
	list    keyList
	filter  filterField
	wide    bool
	keys    accessKeys
	drawing rowDrawing
	width   int
	height  int
	held    []tea.KeyPressMsg // keys that wait until it is known which key is chosen
	marks   marks
	begin   *model.Key // where the cursor begins, nil for the first row

	ageless     bool // the policy names no age at which a secret is due
	policyAsked int  // number of the question for the policy
	forgetting  int  // number of the latest change to what was chosen to be rotated
}

type accessKeys struct {
	movement
	keyActions
	marking
	rotationKeys
	Open, New, Filter, Sort, Reverse, Wide, Back key.Binding
}

func newAccess(s *surroundings) *access {
	a := &access{surroundings: s, filter: newFilterField(s.styles)}
	a.list.query.Sort = model.ByApplication
	a.list.cursor, a.list.top = -1, -1
	a.keys = accessKeys{
		movement: newMovement(), keyActions: newKeyActions(), marking: newMarking(), rotationKeys: newRotationKeys(),
		Open:    openBinding("open"),
		New:     bind("n", "Create New API Key", "n"),
		Filter:  bind("/", "filter, also by a state such as suspended", "/"),
		Sort:    bind("s", "sort by the next column", "s"),
		Reverse: bind("S", "turn the order round", "S"),
		Wide:    bind("w", "the api_key in full, without the details beside", "w"),
		Back:    backBinding(),
	}
	a.keys.choose(false)
	return a
}

func (a *access) Title() string {
	if a.rotates() {
		return "Rotation"
	}
	return "API Access"
}

func (a *access) Init() tea.Cmd {
	if a.rotates() {
		return tea.Batch(a.list.read(a.surroundings, afresh), a.readPolicy())
	}
	if a.begin != nil {
		return a.list.around(a.surroundings, *a.begin)
	}
	return a.list.read(a.surroundings, afresh)
}

// readPolicy asks whether the policy names an age at which a secret is due.
func (a *access) readPolicy() (cmd tea.Cmd) {
	a.policyAsked, cmd = a.askPolicy()
	return cmd
}

// preset makes the list open with a filter.
func (a *access) preset(text string) {
	a.filter.SetValue(text)
	looksFor(&a.list.query, text)
}

// newAccessTo is API Access with a filter, in an order.
func newAccessTo(s *surroundings, filter string, by model.KeySort) *access {
	a := newAccess(s)
	a.preset(filter)
	a.list.query.Sort = by
	return a
}

// only makes the list open with the keys of one application.
func (a *access) only(application string) { a.list.query.Application = application }

func (a *access) SetSize(w, h int) {
	a.width, a.height = w, h
	a.filter.SetWidth(max(6, w-24))
	a.list.rows = max(1, (h-a.chrome())/a.rowHeight())
	a.list.scroll()
	a.drawing.reset()
}

func (a *access) Typing() bool { return a.filter.on }

func (a *access) Cursor() *tea.Cursor { return a.filter.cursor() }

func (a *access) Update(msg tea.Msg) (transition, tea.Cmd) {
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
	case keysReadMsg:
		if a.list.receive(msg) {
			return a.settle()
		}
	case keysAroundMsg:
		if a.list.receiveAround(msg) {
			return a.settle()
		}
	case keyChangedMsg, keysChangedMsg, keyCreatedMsg, rotationEndedMsg, changedMsg, refreshMsg:
		return a.heed(msg)
	case policyReadMsg:
		a.ageless = msg.policy.SecretDueAfter == 0
	case marksReadMsg:
		if msg.id == a.marks.asked {
			t := a.marks.receive(msg)
			a.drawing.reset()
			return a.release(t)
		}
	case stylesMsg:
		styleInput(&a.filter.Model, a.styles)
		a.drawing.reset()
	case failedMsg:
		switch {
		case msg.id == 0:
		case msg.id == a.list.asked || msg.id == a.marks.asked:
			a.list.failed()
			a.marks.asked, a.held = 0, nil
			return a.failure(msg.err), nil
		case msg.id == a.forgetting || msg.id == a.policyAsked:
			return a.failure(msg.err), nil
		}
	}
	return stay, nil
}

func (a *access) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	k := a.keys
	if a.unsettled() && (a.list.loaded || len(a.held) > 0 || !key.Matches(msg, k.New, k.Open)) && !key.Matches(msg, k.Back, k.Filter) {
		a.held = append(a.held, msg)
		return stay, nil
	}
	if by, ok := k.movement.step(msg, a.list.rows); ok {
		return stay, a.moveBy(by)
	}
	chosen := a.list.chosen()
	switch {
	case key.Matches(msg, k.New), key.Matches(msg, k.Open) && chosen == nil:
		return a.first()
	case key.Matches(msg, k.Open):
		return push(newDetails(a.surroundings, *chosen)), nil
	case key.Matches(msg, k.marking.bindings()...):
		return a.mark(msg)
	case key.Matches(msg, k.Filter):
		return stay, a.filter.begin()
	case key.Matches(msg, k.Sort):
		return stay, a.sort(1)
	case key.Matches(msg, k.Reverse):
		a.list.query.Descending = !a.list.query.Descending
		return stay, a.list.read(a.surroundings, afresh)
	case key.Matches(msg, k.Wide):
		a.wide = !a.wide
		a.SetSize(a.width, a.height)
		return stay, nil
	case key.Matches(msg, k.Back):
		return a.goBack()
	}
	if t, cmd, ok := a.turn(msg); ok {
		return t, cmd
	}
	if a.marks.count() > 0 {
		return a.marks.press(a.surroundings, k, msg, a.filter.Value() != ""), nil
	}
	if a.rotates() && chosen == nil && key.Matches(msg, k.Regenerate) {
		return a.rotateAll(), nil
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

// first does what the first row stands for.
func (a *access) first() (transition, tea.Cmd) {
	if a.rotates() {
		return a.rotateAll(), nil
	}
	return a.create()
}

func (a *access) create() (transition, tea.Cmd) {
	if err := a.session.Can(model.KeysCreate, model.Target{}); err != nil {
		return stay.say(warning, model.Sentence(err)), nil
	}
	return push(newCreateFormFor(a.surroundings, a.list.query.Application)), nil
}

func (a *access) sort(by int) tea.Cmd {
	all := model.KeySorts()
	i := slices.Index(all, a.list.query.Sort)
	a.list.query.Sort = all[(i+by+len(all))%len(all)]
	return a.list.read(a.surroundings, afresh)
}

// goBack clears the filter first, then the marks, then shows the keys of every
// application, then leaves.
func (a *access) goBack() (transition, tea.Cmd) {
	switch {
	case a.filter.Value() != "":
		a.filter.SetValue("")
		return stay, a.search()
	case a.marks.count() > 0 || a.marks.from != nil:
		a.marks.clear()
		a.drawing.reset()
		return stay, nil
	case a.list.query.Application != "":
		a.list.query.Application = ""
		return stay, a.list.read(a.surroundings, afresh)
	}
	return pop(), nil
}
