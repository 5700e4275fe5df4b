package ui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

const (
	// settling is how long keys are ignored after the overlay opens: one frame.
	// Those that come before it is drawn were in flight, and meant for
	// something else.
	settling = time.Second / framesPerSecond
	// idleMask is how long a secret stays open when nobody touches a key.
	idleMask = 5 * time.Minute
)

// secretOverlay shows a new secret, once. Leaving it is final.
type secretOverlay struct {
	*surroundings
	box
	key     model.Key
	secret  model.Secret
	ready   bool // keys count
	hidden  bool
	mode    secretMode
	input   textinput.Model
	status  *toast
	advice  string // what to do next, where there is room to say it
	kept    bool   // copied, saved or verified
	copied  bool
	ending  bool              // leaving it ends the program
	busy    int               // number of the copy or the saving under way, 0 for none
	finish  bool              // done was asked for while busy
	idle    int               // number of the latest wait for a key
	reading int               // number of the latest reading of the key
	then    []model.NewSecret // come after this one
	keys    secretKeys

	ended func(stored bool) tea.Cmd // tells whoever opened it that it is masked, and confirms the secret itself; nil for nobody
	halt  func() transition         // begins no secret after this one; nil where none follows
}

type secretMode int

const (
	showing secretMode = iota
	verifying
	saving
	leaving // asked whether to leave
)

type secretKeys struct{ Copy, Verify, Save, Hide, Done, Halt, Cancel key.Binding }

func newSecretOverlay(s *surroundings, k model.Key, secret model.Secret, title string) *secretOverlay {
	o := &secretOverlay{surroundings: s, key: k, secret: secret, box: box{title: title}, input: newInput(s.styles)}
	o.keys = secretKeys{
		Copy:   bind("enter", "copy the secret", "enter", "c"),
		Verify: bind("v", "verify by pasting it back", "v"),
		Save:   bind("f", "save to a file", "f"),
		Hide:   bind("s", "hide or show", "s"),
		Done:   bind("d", "done", "d"),
		Halt:   bind("x", "stop after this one", "x"),
		Cancel: bind("esc", "leave", "esc", "h", "left"),
	}
	o.keys.Save.SetEnabled(s.save != nil)
	o.keys.Halt.SetEnabled(false)
	return o
}

// newSecretSeries shows several new secrets, one after the other.
func newSecretSeries(s *surroundings, all []model.NewSecret) *secretOverlay {
	o := newSecretOverlay(s, all[0].Key, all[0].Secret, "The new API secret")
	if len(all) > 1 {
		o.title += ", and " + thousands(len(all)-1) + " more after it"
	}
	o.then = all[1:]
	return o
}

// halts offers to begin no secret after this one.
func (o *secretOverlay) halts(halt func() transition) {
	o.halt = halt
	o.keys.Halt.SetEnabled(true)
}

func (o *secretOverlay) Overlay()      {}
func (o *secretOverlay) Title() string { return o.title }

// settledMsg says that keys count from now on; idledMsg that nobody touched
// one for idleMask.
type (
	settledMsg struct{}
	idledMsg   struct{ wait int }
)

func (o *secretOverlay) Init() tea.Cmd {
	return tea.Batch(o.after(settling, settledMsg{}), o.waitIdle())
}

func (o *secretOverlay) waitIdle() tea.Cmd {
	o.idle++
	return o.after(idleMask, idledMsg{o.idle})
}

func (o *secretOverlay) SetSize(w, h int) {
	o.setSize(w, h)
	o.input.SetWidth(max(8, o.inner()-2-width(o.input.Prompt)))
}

func (o *secretOverlay) Typing() bool { return o.mode == verifying || o.mode == saving }

func (o *secretOverlay) Cursor() *tea.Cursor {
	if !o.Typing() {
		return nil
	}
	c := cursorOf(o.input)
	_, x, y := o.draw()
	c.X, c.Y = c.X+x, c.Y+y
	return c
}

func (o *secretOverlay) ShortHelp() []key.Binding {
	switch o.mode {
	case verifying:
		return []key.Binding{bind("enter", "compare", "enter"), bind("esc", "back", "esc")}
	case saving:
		return []key.Binding{bind("enter", "save", "enter"), bind("esc", "back", "esc")}
	case leaving:
		return o.leaveKeys()
	}
	hide := "hide"
	if o.hidden {
		hide = "show"
	}
	return []key.Binding{short(o.keys.Copy, "copy"), short(o.keys.Verify, "verify"), short(o.keys.Save, "save"), short(o.keys.Hide, hide), o.keys.Halt, o.keys.Done}
}

func (o *secretOverlay) leaveKeys() []key.Binding {
	leave := "leave"
	if o.ending {
		leave = "quit"
	}
	return []key.Binding{bind("y", leave, "y"), bind("n", "stay", "n")}
}

func (o *secretOverlay) FullHelp() [][]key.Binding {
	k := o.keys
	if o.mode == leaving {
		return [][]key.Binding{o.leaveKeys()}
	}
	return [][]key.Binding{{k.Copy, k.Verify, k.Save, k.Hide, k.Done, k.Halt, k.Cancel}}
}

// Leave asks before the program ends with a secret open.
func (o *secretOverlay) Leave() (transition, tea.Cmd) {
	if !o.ready {
		return stay, nil // asked before the secret could be seen
	}
	if o.mode == leaving && o.ending && o.busy == 0 {
		o.secret.Wipe()
		for i := range o.then {
			o.then[i].Secret.Wipe()
		}
		return quit(), nil
	}
	o.askToLeave(true)
	return stay, nil
}

func (o *secretOverlay) askToLeave(ending bool) { o.mode, o.status, o.ending = leaving, nil, ending }

func (o *secretOverlay) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case settledMsg:
		o.ready = true
	case idledMsg:
		if msg.wait == o.idle && o.busy == 0 {
			return o.close(false, "The secret was masked: nobody touched a key for "+span(idleMask)+". Regenerate it if it was not stored.")
		}
	case tea.BlurMsg, tea.ResumeMsg: // somebody else may look now
		o.hidden = true
	case secretCopiedMsg:
		if msg.id == o.busy {
			return o.copiedAs(msg.said)
		}
	case secretSavedMsg:
		if msg.id == o.busy {
			return o.savedTo(msg.path)
		}
	case failedMsg:
		if msg.id == o.busy {
			o.busy, o.finish = 0, false
			o.status, o.advice = &toast{bad, o.explain(msg.err)}, ""
			if o.mode == saving { // another path mends it: nobody is to be asked
				o.status.text = model.Sentence(msg.err)
			}
		}
	case changedMsg, refreshMsg:
		return stay, o.reread()
	case rereadMsg:
		if msg.id == o.reading {
			o.outdate(msg)
		}
	case stylesMsg:
		styleInput(&o.input, o.styles)
	case tea.PasteMsg:
		return stay, o.typed(msg)
	case tea.KeyPressMsg:
		if !o.ready {
			return stay, nil
		}
		t, cmd := o.press(msg)
		return t, tea.Batch(cmd, o.waitIdle())
	}
	return stay, nil
}

func (o *secretOverlay) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	switch o.mode {
	case leaving:
		switch msg.String() {
		case "y":
			if o.busy != 0 {
				return stay, nil // its answer is a moment away
			}
			if o.ending {
				return o.Leave()
			}
			return o.close(false, "The secret is masked for ever. Regenerate it if it was not stored.")
		case "n", "esc":
			o.mode = showing
		}
		return stay, nil
	case verifying, saving:
		return stay, o.pressTyping(msg)
	}
	k := o.keys
	switch {
	case key.Matches(msg, k.Copy) && o.busy == 0:
		return stay, o.copySecret()
	case key.Matches(msg, k.Hide):
		o.hidden = !o.hidden
	case key.Matches(msg, k.Verify):
		return stay, o.begin(verifying, "")
	case key.Matches(msg, k.Halt):
		o.keys.Halt.SetEnabled(false)
		return o.halt(), nil
	case key.Matches(msg, k.Save):
		return stay, o.begin(saving, defaultFile(o.key))
	case o.busy != 0:
		o.finish = o.finish || key.Matches(msg, k.Done)
	case key.Matches(msg, k.Done):
		return o.done()
	case key.Matches(msg, k.Cancel):
		o.askToLeave(false)
	}
	return stay, nil
}

// begin opens the text field of a mode.
func (o *secretOverlay) begin(mode secretMode, value string) tea.Cmd {
	o.mode, o.status = mode, nil
	o.input.Prompt = map[secretMode]string{verifying: "Paste: ", saving: "File: "}[mode]
	o.SetSize(o.width, o.height)
	o.input.SetValue(value)
	o.input.CursorEnd()
	o.input.EchoMode = textinput.EchoNormal
	if mode == verifying {
		o.input.EchoMode = textinput.EchoPassword
	}
	return o.input.Focus()
}

func (o *secretOverlay) pressTyping(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc":
		o.mode, o.status = showing, nil
		o.input.SetValue("")
		return nil
	case "enter":
		if o.mode == saving {
			return o.saveSecret(strings.TrimSpace(o.input.Value()))
		}
		o.compare()
		return nil
	}
	return o.typed(msg)
}

func (o *secretOverlay) typed(msg tea.Msg) tea.Cmd {
	if !o.Typing() {
		return nil
	}
	return typeInto(&o.input, msg)
}
