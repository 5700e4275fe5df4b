package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// rotationRun gives the keys of a plan new secrets, one after the other or, into a
// file, some at a time. It can be stopped on the way: what is left stays due, as
// all of it is noted to be rotated before the first secret changes.
type rotationRun struct {
	*surroundings
	how   delivery
	renew model.Renewal
	file  SecretsFile // nil where the secrets go elsewhere
	rows  []runRow
	tally map[outcome]int

	unnoted []model.KeyID // are not noted to be rotated yet
	next    int           // the row to begin with
	under   int           // how many rows before it are under way
	misses  int           // how many in a row were not delivered
	asked   int           // number of what is under way, 0 for nothing
	shows   bool          // a secret is open over it
	stopped bool          // nothing more is begun
	closing bool          // the file is being closed
	ended   bool          // nothing is under way any more
	remarks []string      // what else is to be said of the run

	list          shortList
	roams         bool // the person moved the cursor, which follows no more
	width, height int
	keys          runKeys
}

// runRow is a key of a run, and what became of it.
type runRow struct {
	planRow
	outcome outcome
}

// outcome is what became of a key.
type outcome int

const (
	waits outcome = iota
	underWay
	rotated
	undelivered // it has a new secret, which did not arrive
	failed      // it has its old secret
	unknown     // it may have a new secret, which is in the file
)

// rest is how much is left to be done about a key: the most about one whose
// secret works nowhere.
func (o outcome) rest() int {
	return map[outcome]int{undelivered: 4, unknown: 3, failed: 2, waits: 1}[o]
}

type runKeys struct {
	movement
	Stop, Again, Back key.Binding
}

func newRotationRun(s *surroundings, plan []planRow, how delivery, renew model.Renewal, file SecretsFile) *rotationRun {
	r := &rotationRun{surroundings: s, how: how, renew: renew, file: file, tally: map[outcome]int{waits: len(plan)}, keys: runKeys{
		movement: newMovement(), Stop: bind("esc", "stop after the one under way", "esc", "h", "left"),
		Again: bind("r", "try again what was not done", "r"), Back: backBinding(),
	}}
	for _, row := range plan {
		r.rows = append(r.rows, runRow{planRow: row})
		if !row.due {
			r.unnoted = append(r.unnoted, row.turn.Key)
		}
	}
	return r
}

func (r *rotationRun) Title() string { return "Run" }
func (r *rotationRun) Waiting() bool { return !r.ended }

func (r *rotationRun) ShortHelp() []key.Binding {
	if !r.ended {
		stop := r.keys.Stop
		stop.SetEnabled(!r.stopped)
		return []key.Binding{stop}
	}
	return []key.Binding{short(r.again(), "try again"), r.keys.Back}
}

func (r *rotationRun) again() key.Binding {
	again := r.keys.Again
	again.SetEnabled(r.ended && r.tally[rotated] < len(r.rows))
	return again
}

func (r *rotationRun) FullHelp() [][]key.Binding {
	return [][]key.Binding{{r.again(), r.keys.Stop}, r.keys.movement.bindings()}
}

func (r *rotationRun) SetSize(w, h int) {
	r.width, r.height = w, h
	r.list.resize(len(r.rows), (h-len(r.above()))/turnHeight(w))
}

// Leave stops the run, the first time: a secret that is on its way would be lost.
func (r *rotationRun) Leave() (transition, tea.Cmd) {
	if r.ended || r.shows { // what shows the secret asks
		return quit(), nil
	}
	return r.stop(), nil
}

// stop begins nothing more.
func (r *rotationRun) stop() transition {
	r.stopped = true
	return stay.say(plain, "It stops after what is under way. What is left stays due.")
}

func (r *rotationRun) Init() tea.Cmd { return r.step() }

func (r *rotationRun) Update(msg tea.Msg) (t transition, cmd tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return r.press(msg)
	case failedMsg:
		if msg.id == r.asked && r.asked != 0 {
			return stay, r.fail(msg.err)
		}
	case notedMsg:
		if msg.id == r.asked {
			return stay, r.step()
		}
	case keyCreatedMsg:
		if msg.id == r.asked {
			return push(r.reveal(msg)), nil
		}
	case maskedMsg:
		if msg.id == r.asked {
			return stay, r.masked(msg.stored)
		}
	case turnEndedMsg:
		if msg.id == r.asked {
			return stay, r.delivered(msg.err)
		}
	case turnsEndedMsg:
		if msg.id == r.asked {
			return stay, r.filed(msg.done)
		}
	case fileEndedMsg:
		if msg.id == r.asked {
			return stay, r.end()
		}
	case rotationEndedMsg:
		r.sumUp()
		return stay.say(plain, ""), nil // the page says it all
	}
	return stay, nil
}

func (r *rotationRun) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	if by, ok := r.keys.step(msg, r.list.rows); ok {
		r.roams = true
		r.list.move(by)
		return stay, nil
	}
	switch {
	case key.Matches(msg, r.again()):
		return r.retry(), nil
	case !key.Matches(msg, r.keys.Stop):
	case r.ended:
		return pop(), nil
	default:
		return r.stop(), nil
	}
	return stay, nil
}

// retry plans what was not done once more. The file of before is closed.
func (r *rotationRun) retry() transition {
	what := rotation{ids: r.open()}
	if r.how.by == byFile {
		return replace(newPlaceForm(r.surroundings, what, byFile))
	}
	return replace(newRotationPlan(r.surroundings, what, r.how))
}

// open are the keys that have no new secret in its place yet.
func (r *rotationRun) open() []model.KeyID {
	var ids []model.KeyID
	for _, row := range r.rows {
		if row.outcome != rotated {
			ids = append(ids, row.turn.Key)
		}
	}
	return ids
}

// Wheel moves the cursor.
func (r *rotationRun) Wheel(by int) (transition, tea.Cmd) {
	r.roams = true
	r.list.move(by)
	return stay, nil
}
