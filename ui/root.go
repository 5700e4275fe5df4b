package ui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"empress/model"
)

// root is the program's one tea.Model. It holds the stack of screens, obeys
// what they answer, and draws what is around them.
type root struct {
	*surroundings
	stack         []screen
	keys          general
	width, height int
	toast         *toast
	policyAsked   int  // number of the latest question for the policy
	unknown       bool // the policy could not be read, which was told
	quitting      bool
	crashed       bool
	idle          idleness
	roomed        int      // how many lines the screens were given
	waiting       []screen // that are started when the first question is answered
	clusters      bool     // the terminal counts grapheme clusters

	changes <-chan struct{} // nil until somebody is signed in
	ctx     context.Context
	cancel  context.CancelFunc
}

// New returns the interface as a tea.Model. The same model serves a local
// terminal and a remote session.
func New(o Options) tea.Model { return newRoot(o) }

func newRoot(o Options) *root {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &root{
		surroundings: &surroundings{
			session: o.Session, styles: &styles{}, copier: newCopier(o), now: o.Now, about: o.About, save: o.Save, newSecrets: o.NewSecrets, deliver: o.Deliver, readKey: o.ReadKey,
			found: o.Found, founding: o.Founding, open: map[int]*asked{}, says: true,
			look: newLook(o), patient: o.Idle, keeper: &keeper{write: o.Keep},
		},
		keys: newGeneral(),
	}
	// ctrl+z stops no process that serves others.
	r.keys.Pause.SetEnabled(r.session == nil || r.session.Via() != model.ViaSSH)
	r.restyle()
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.after = later(r.ctx)
	if r.session == nil {
		r.stack = []screen{newWelcome(r.surroundings)}
	} else {
		r.stack = walk(r.surroundings, o.Start)
	}
	return r
}

// Init starts every screen, and asks the terminal once whether it is light or
// dark without waiting for the answer.
//
// What is seen is read first: the screens below wait for its answer.
func (r *root) Init() tea.Cmd {
	top := len(r.stack) - 1
	r.waiting = slices.Clone(r.stack[:top])
	cmds := []tea.Cmd{r.stack[top].Init()}
	if cmds[0] == nil {
		cmds = append(cmds, r.startBelow())
	}
	if r.look.asks() {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(append(cmds, r.watch(), r.readPolicy())...)
}

// startBelow starts the screens that waited for the one above them.
func (r *root) startBelow() tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range r.waiting {
		if slices.Contains(r.stack, s) {
			cmds = append(cmds, s.Init())
		}
	}
	r.waiting = nil
	return tea.Batch(cmds...)
}

// watch waits for the next change of the store.
func (r *root) watch() tea.Cmd {
	if r.session == nil {
		return nil
	}
	if r.changes == nil {
		r.changes = r.session.Changes(r.ctx)
	}
	changes := r.changes
	return func() tea.Msg {
		if _, open := <-changes; open {
			return changedMsg{}
		}
		return nil
	}
}

// Update never panics: a fault of the program ends it in order, with the
// terminal restored and nothing of what was on the screen in a trace.
func (r *root) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	defer func() {
		if recover() != nil { // the value may hold what must not be shown
			r.crashed = true
			m, cmd = r, tea.Quit
		}
	}()
	cmd = r.update(msg)
	if _, h := r.body(); h != r.roomed {
		r.resize()
	}
	return r, cmd
}

func (r *root) update(msg tea.Msg) tea.Cmd {
	r.idle.touch(msg, r.now())
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.width, r.height = msg.Width, msg.Height
		r.resize()
		return nil
	case tea.ModeReportMsg:
		r.clusters = r.clusters || msg.Mode == ansi.ModeUnicodeCore && !msg.Value.IsNotRecognized() && !msg.Value.IsPermanentlyReset()
	case tea.BackgroundColorMsg:
		r.look.hear(msg.IsDark())
		return r.redraw()
	case tea.KeyPressMsg:
		return r.press(msg)
	case tea.MouseClickMsg:
		return r.click(msg.Mouse())
	case tea.MouseWheelMsg:
		return r.wheel(msg.Mouse())
	case tea.PasteMsg:
		if r.tiny() {
			return nil
		}
		return r.toTop(tea.PasteMsg{Content: typable(msg.Content)})
	case answeredMsg:
		if !r.answered(msg.id) {
			return nil // it was given up
		}
		return tea.Batch(r.update(msg.msg), r.startBelow())
	case slowMsg:
		if a, waits := r.open[msg.id]; waits {
			a.slow = true
		}
		return nil
	}
	return r.hear(msg)
}

// hear handles what the program itself has to say.
func (r *root) hear(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case crashedMsg:
		r.crashed = true
		return tea.Quit
	case copiedMsg:
		return r.apply(stay.say(good, msg.said))
	case restyleMsg:
		return r.redraw()
	case policyReadMsg:
		if msg.id == r.policyAsked {
			r.learn(msg.policy)
			r.unknown = false
			return tea.Batch(r.heed(msg.policy), r.broadcast(msg))
		}
	case failedMsg:
		asked := msg.id == r.policyAsked
		if msg.id == 0 || asked && !r.unknown { // asked by no screen in particular, and not told yet
			r.unknown = asked
			return r.apply(r.failure(msg.err))
		}
	case leftMsg:
		return r.stillThere()
	case forgetMsg:
		return r.change(0, func(context.Context) (tea.Msg, error) {
			r.copier.forget()
			return nil, nil
		})
	case changedMsg:
		return tea.Batch(r.broadcast(msg), r.watch(), r.readPolicy())
	}
	return r.broadcast(msg)
}

// redraw takes new looks over to every screen.
func (r *root) redraw() tea.Cmd {
	r.restyle()
	return r.broadcast(stylesMsg{})
}

// policyReadMsg brings what the team decided for everybody.
type policyReadMsg struct {
	id     int
	policy model.Policy
}

// readPolicy asks whom to ask.
func (r *root) readPolicy() tea.Cmd {
	if r.session == nil {
		return nil
	}
	id, cmd := r.askPolicy()
	r.policyAsked = id
	return cmd
}

// askPolicy asks for the policy; id is the number of the question.
func (s *surroundings) askPolicy() (id int, cmd tea.Cmd) {
	id, session := s.request(), s.session
	return id, s.query(id, func(ctx context.Context) (tea.Msg, error) {
		p, err := session.Policy(ctx)
		return policyReadMsg{id, p}, err
	})
}

func (r *root) top() screen { return r.stack[len(r.stack)-1] }

func (r *root) toTop(msg tea.Msg) tea.Cmd {
	if len(r.toastLines()) > 1 {
		r.toast = nil // it takes room of the screen, and has been read
	}
	t, cmd := r.top().Update(msg)
	return tea.Batch(cmd, r.apply(t))
}

// broadcast hands a message to every screen, from the dashboard up. One that
// ends takes away what was opened over it. One that is covered opens nothing:
// the keys that come next are meant for what is over it.
func (r *root) broadcast(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for i := 0; i < len(r.stack); i++ {
		t, cmd := r.stack[i].Update(msg)
		cmds = append(cmds, cmd)
		if i < len(r.stack)-1 && t.drop == 0 && len(t.push) > 0 {
			continue
		}
		if t.moves() {
			r.stack = r.stack[:i+1]
			return tea.Batch(append(cmds, r.apply(t))...)
		}
		cmds = append(cmds, r.apply(t))
	}
	return tea.Batch(cmds...)
}

// apply obeys a transition.
func (r *root) apply(t transition) tea.Cmd {
	if t.quit {
		r.quitting = true
		r.cancel()
		return tea.Quit
	}
	if t.moves() {
		r.toast = nil
	}
	if t.toast != nil {
		if r.toast = t.toast; r.toast.text == "" {
			r.toast = nil
		}
	}
	if !t.moves() {
		return nil
	}
	r.stack = slices.Concat(r.stack[:max(0, len(r.stack)-t.drop)], t.push)
	if len(r.stack) == 0 {
		r.stack = []screen{newDashboard(r.surroundings)}
		t.push = r.stack
	}
	r.resize()
	cmds := []tea.Cmd{}
	for _, s := range t.push {
		cmds = append(cmds, s.Init())
	}
	if r.changes == nil {
		cmds = append(cmds, r.watch())
	}
	if t.press.Code != 0 {
		cmds = append(cmds, r.press(t.press))
	}
	return tea.Batch(cmds...)
}

func (r *root) resize() {
	w, h := r.body()
	r.roomed = h
	for _, s := range r.stack {
		s.SetSize(w, h)
	}
}
