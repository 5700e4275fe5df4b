package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

const (
	// filedAtOnce is how many secrets go to a file in one transaction.
	filedAtOnce = 50
	// deliverPatience bounds how long a command may take for one secret, which is
	// less long by itself.
	deliverPatience = 5 * time.Minute
	// mostMisses is how many secrets in a row may fail to be delivered until a run
	// stops by itself: a command that is wrong would fail with every key.
	mostMisses = 3
)

// Messages that say how far a run is; none of them holds a secret.
type (
	// notedMsg says that some keys are noted to be rotated.
	notedMsg struct{ id int }
	// maskedMsg says that a secret that was shown is masked, and whether its holder
	// said that it is stored.
	maskedMsg struct {
		id     int
		stored bool
	}
	// turnEndedMsg says that one key has a new secret, and why it did not arrive.
	turnEndedMsg struct {
		id  int
		err error
	}
	// turnsEndedMsg says what became of keys whose secrets went to a file.
	turnsEndedMsg struct {
		id   int
		done []model.Rotated
	}
	// fileEndedMsg says that the file is closed.
	fileEndedMsg struct{ id int }
	// rotationEndedMsg says that a run is over, so that lists are read again.
	rotationEndedMsg struct{}
)

// step begins what comes next.
func (r *rotationRun) step() tea.Cmd {
	r.asked = 0
	defer r.settle()
	switch {
	case len(r.unnoted) > 0 && !r.stopped:
		return r.note()
	case r.stopped || r.next == len(r.rows):
		return r.finish()
	case r.how.by == byFile:
		return r.fileSome()
	case r.how.by == byCommand:
		return r.deliverOne()
	}
	return r.rotateOne()
}

// settle keeps the cursor with what is under way.
func (r *rotationRun) settle() {
	r.SetSize(r.width, r.height)
	if !r.roams && !r.ended {
		r.list.move(r.next - 1 - r.list.cursor)
	}
}

// note notes that keys are to be rotated which are not due already.
func (r *rotationRun) note() tea.Cmd {
	n := min(len(r.unnoted), model.MaxBatch)
	ids := r.unnoted[:n]
	r.unnoted = r.unnoted[n:]
	id, session := r.begin(0), r.session
	return r.change(id, func(ctx context.Context) (tea.Msg, error) {
		_, err := session.MarkForRotation(ctx, ids, true)
		return notedMsg{id}, err
	})
}

// begin numbers what is begun, with so many rows.
func (r *rotationRun) begin(n int) (id int) {
	r.asked, r.under = r.request(), n
	for range n {
		r.become(r.next, underWay, "")
		r.next++
	}
	return r.asked
}

// become notes what became of a row.
func (r *rotationRun) become(i int, o outcome, why string) {
	row := &r.rows[i]
	r.tally[row.outcome]--
	r.tally[o]++
	row.outcome = o
	if why != "" {
		row.why = why
	}
}

// turns are those of the rows under way.
func (r *rotationRun) turns() []model.Turn {
	var turns []model.Turn
	for _, row := range r.rows[r.next-r.under : r.next] {
		turns = append(turns, row.turn)
	}
	return turns
}

// rotateOne gives the next key a secret that is to be shown.
func (r *rotationRun) rotateOne() tea.Cmd {
	id, session, renew := r.begin(1), r.session, r.renew
	turn := r.turns()[0]
	return r.change(id, func(ctx context.Context) (tea.Msg, error) {
		k, secret, err := session.RotateSecret(ctx, turn, renew)
		return keyCreatedMsg{id, k, secret}, err
	})
}

// reveal shows the secret of the row under way.
func (r *rotationRun) reveal(m keyCreatedMsg) *secretOverlay {
	r.rows[r.next-1].turn.From, r.shows = m.key.Generation, true
	title := "The new API secret"
	if n := len(r.rows); n > 1 {
		title = fmt.Sprintf("%s of %s: new API secret of %s", thousands(r.next), thousands(n), m.key.Application)
	}
	o := newSecretOverlay(r.surroundings, m.key, m.secret, title)
	id := r.asked
	o.ended = func(stored bool) tea.Cmd { return func() tea.Msg { return maskedMsg{id, stored} } }
	if r.next < len(r.rows) {
		o.halts(r.stop)
	}
	return o
}

// masked goes on after a secret was shown. One that was left, or that nobody
// touched a key for, ends the run: nobody may be there.
func (r *rotationRun) masked(stored bool) tea.Cmd {
	r.shows = false
	if !stored {
		r.stopped = true
		return r.delivered(errNotStored)
	}
	id, session, turn := r.request(), r.session, r.rows[r.next-1].turn
	r.asked = id
	return r.change(id, func(ctx context.Context) (tea.Msg, error) {
		return turnEndedMsg{id, confirmed(session.ConfirmSecret(ctx, turn.Key, turn.From))}, nil
	})
}

var errNotStored = model.Errorf(model.CodeFailed, "Nobody said that its new secret is stored.")

// confirmed says that what arrived could not be noted.
func confirmed(err error) error {
	if err == nil {
		return nil
	}
	return model.Errorf(model.CodeFailed, "Its new secret arrived, which could not be noted: %s", model.Sentence(err)).Because(err)
}

// deliverOne gives the next key a new secret, and hands it to the command. The
// secret stays within.
func (r *rotationRun) deliverOne() tea.Cmd {
	id, session, renew, deliver, command := r.begin(1), r.session, r.renew, r.deliver, r.how.place
	turn := r.turns()[0]
	return r.ask(id, asked{}, run(context.Background(), id, deliverPatience+2*patience, func(ctx context.Context) (tea.Msg, error) {
		k, secret, err := session.RotateSecret(ctx, turn, renew)
		if err != nil {
			return nil, err
		}
		defer secret.Wipe()
		if err := deliver(ctx, session.Team(), command, k, secret); err != nil {
			return turnEndedMsg{id, notedUndelivered(ctx, session, k, err)}, nil
		}
		return turnEndedMsg{id, confirmed(session.ConfirmSecret(ctx, k.ID, k.Generation))}, nil
	}))
}

// notedUndelivered notes why a secret did not arrive, and says it.
func notedUndelivered(ctx context.Context, session *model.Session, k model.Key, err error) error {
	why, words := "it failed", "it failed"
	if u, ok := errors.AsType[*Undelivered](err); ok {
		why, words = u.Why, u.Error()
	}
	words = "The command did not take its new secret: " + words + "."
	if err := session.NoteUndelivered(ctx, k.ID, k.Generation, why); err != nil {
		words += " This could not be noted: " + model.Sentence(err)
	}
	return model.Errorf(model.CodeFailed, "%s", words).Because(err)
}

// delivered goes on after the secret of one key arrived, or did not.
func (r *rotationRun) delivered(err error) tea.Cmd {
	if err == nil {
		r.misses = 0
		r.become(r.next-1, rotated, r.how.arrived())
		return r.step()
	}
	r.become(r.next-1, undelivered, model.Sentence(err))
	if r.misses++; r.misses == mostMisses && r.next < len(r.rows) && !r.stopped {
		r.stopped = true
		r.remark(fmt.Sprintf("It stopped, as %d secrets in a row were not delivered.", mostMisses))
	}
	return r.step()
}

// fileSome gives the next keys new secrets, which go to the file before they are
// good for anything.
func (r *rotationRun) fileSome() tea.Cmd {
	id, session, renew, file := r.begin(min(filedAtOnce, len(r.rows)-r.next)), r.session, r.renew, r.file
	turns := r.turns()
	return r.change(id, func(ctx context.Context) (tea.Msg, error) {
		done, err := session.RotateInto(ctx, turns, renew, file.Deliver, file.Settle)
		switch {
		case err == nil, errors.Is(err, model.ErrUnknown): // they may work
			file.Accept()
		default:
			err = errors.Join(err, file.Undo())
		}
		return turnsEndedMsg{id, done}, err
	})
}

// filed goes on after the secrets of some keys went to the file.
func (r *rotationRun) filed(done []model.Rotated) tea.Cmd {
	for i, d := range done {
		if d.Err != nil {
			r.become(r.next-r.under+i, failed, model.Sentence(d.Err))
		} else {
			r.become(r.next-r.under+i, rotated, r.how.arrived())
		}
	}
	return r.step()
}

// fail goes on after something was refused. What is not about single keys would
// fail with the next ones, too, so it ends the run.
func (r *rotationRun) fail(err error) tea.Cmd {
	switch {
	case r.closing:
		r.remark("The file could not be kept: " + r.explain(err))
		return r.end()
	case r.under == 0:
		r.remark("Not every key could be noted to be rotated: " + r.explain(err))
		return r.step()
	}
	became := failed
	if errors.Is(err, model.ErrUnknown) {
		became = unknown
	}
	for i := r.next - r.under; i < r.next; i++ {
		r.become(i, became, model.Sentence(err))
	}
	if !aboutKeys(err) {
		r.stopped = true
		r.remark("It stopped: " + r.explain(err))
	}
	return r.step()
}

// aboutKeys is whether an error is about the keys that were asked for, and not
// about every one.
func aboutKeys(err error) bool {
	return slices.ContainsFunc([]error{model.ErrConflict, model.ErrDenied, model.ErrNotFound, model.ErrDamaged, model.ErrInvalid}, func(e error) bool { return errors.Is(err, e) })
}

func (r *rotationRun) remark(words string) { r.remarks = append(r.remarks, words) }

// finish closes the file, where there is one, and ends the run.
func (r *rotationRun) finish() tea.Cmd {
	if r.file == nil {
		return r.end()
	}
	id, file := r.begin(0), r.file
	r.closing = true
	return r.change(id, func(context.Context) (tea.Msg, error) { return fileEndedMsg{id}, file.Leave() })
}

// end says that the run is over.
func (r *rotationRun) end() tea.Cmd {
	r.asked, r.under, r.ended = 0, 0, true
	return func() tea.Msg { return rotationEndedMsg{} }
}

// sumUp puts what is not done first.
func (r *rotationRun) sumUp() {
	slices.SortStableFunc(r.rows, func(a, b runRow) int { return int(b.outcome.rest() - a.outcome.rest()) })
	r.SetSize(r.width, r.height)
	r.list.move(-len(r.rows))
}
