package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// idleness ends the program when nobody touches a key for as long as the
// team's policy says.
type idleness struct {
	limit   time.Duration // 0 for none
	touched time.Time
	waiting bool // a leftMsg is on its way
	warned  bool // whoever is there was told that it is about to end
	left    bool // the limit was reached
}

// leftMsg asks whether somebody is still there.
type leftMsg struct{}

// touch notes that somebody is there, when the message is of theirs.
func (i *idleness) touch(msg tea.Msg, now time.Time) {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseMsg:
		i.touched, i.warned = now, false
	}
}

// notice is how long before the end that is told.
func (i *idleness) notice() time.Duration { return min(15*time.Second, i.limit/4) }

// words say that it is about to end, "" where it is not.
func (i *idleness) words(now time.Time) string {
	if !i.warned {
		return ""
	}
	return "Signs out in " + span(max(time.Second, i.limit-now.Sub(i.touched))) + ": press any key."
}

// idleLimit is after how long a screen that nobody touches signs out, 0 for
// never.
func (s *surroundings) idleLimit(p model.Policy) time.Duration {
	if p.IdleSignOut == 0 {
		return s.patient
	}
	return time.Duration(p.IdleSignOut) * time.Minute
}

// heed takes the policy over, and waits as long as nobody needs to be there.
func (r *root) heed(p model.Policy) tea.Cmd {
	r.idle.limit = r.idleLimit(p)
	return r.waitIdle()
}

func (r *root) waitIdle() tea.Cmd {
	if r.idle.limit == 0 || r.idle.waiting {
		return nil
	}
	if r.idle.touched.IsZero() {
		r.idle.touched = r.now()
	}
	r.idle.waiting = true
	wait := r.idle.limit - r.now().Sub(r.idle.touched)
	if !r.idle.warned {
		wait -= r.idle.notice()
	}
	return r.after(wait, leftMsg{})
}

// stillThere ends the program, and masks what is open, when nobody is. Shortly
// before, it says so.
func (r *root) stillThere() tea.Cmd {
	r.idle.waiting = false
	if r.waits() { // what is under way is not broken off
		r.idle.touched = r.now()
	}
	idle := r.now().Sub(r.idle.touched)
	r.idle.warned = r.idle.limit != 0 && idle >= r.idle.limit-r.idle.notice()
	if r.idle.limit == 0 || idle < r.idle.limit {
		return r.waitIdle()
	}
	for _, s := range r.stack {
		if o, open := s.(*secretOverlay); open {
			o.secret.Wipe()
		}
	}
	r.idle.left = true
	return r.apply(quit())
}

// signedOut says why the program ended by itself.
func signedOut(limit time.Duration) error {
	return model.Errorf(model.CodeFailed, "Nobody touched a key for %s, so you were signed out. Nothing was lost but what was being typed.", span(limit))
}
