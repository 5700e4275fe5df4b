package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// states are how the keys are doing, by their application.
func (d *driver) states() string {
	d.t.Helper()
	page, err := d.session.Keys(context.Background(), model.KeyQuery{})
	d.must(err)
	var words []string
	for _, k := range page.Keys {
		words = append(words, k.Application+" "+string(k.State))
	}
	return strings.Join(words, ", ")
}

func fiveKeys(d *driver) {
	for _, name := range []string{"a-one", "b-two", "c-three", "d-four", "e-five"} {
		d.create(name)
	}
}

// What is marked is suspended, resumed and revoked together, as one batch in
// the trail.
func TestMarkedKeysChangeTogether(t *testing.T) {
	d := newDriver(t, fiveKeys)
	d.press("2", "down", "space", "down", "space")
	d.sees("* a-one", "* c-three", "2 marked", "p suspend 2", "X revoke 2")
	d.press("p")
	d.sees("Suspend 2 marked keys", "a-one (empk_", "c-three (empk_", "until somebody resumes them")
	d.press("enter")
	d.sees("2 keys suspended.")
	d.missing("marked")
	if got := d.states(); got != "a-one suspended, b-two active, c-three suspended, d-four active, e-five active" {
		t.Fatal(got)
	}
	es, err := d.session.Events(context.Background(), model.EventQuery{Action: model.KeySuspended})
	d.must(err)
	if len(es) != 2 || es[0].Note != "one of 2 keys at once" {
		t.Fatalf("the trail says %+v", es)
	}
	d.press("g", "down", "space", "j", "space", "p")
	d.sees("Resume 2 marked keys") // both are suspended
	d.press("esc", "k", "k", "space", "p")
	d.sees("Suspend 1 marked key", "Left as they are: a-one")
	d.press("enter")
	d.sees("1 key suspended.")

	d.press("*", "X")
	d.sees("Revoke 5 marked keys", "Type 5 to go on", "can never be used again")
	d.write("4")
	d.press("enter")
	d.sees("That is not 5. Nothing was done.")
	d.press("backspace")
	d.write("5")
	d.press("enter")
	d.sees("5 keys revoked.")
	d.press("*", "p")
	d.sees("Nothing would change")
}

// A question counts the keys that it does not name, and names a single one.
func TestNoSingleKeyIsHidden(t *testing.T) {
	d := newDriver(t, manyKeys(8))
	d.press("2", "*", "X")
	d.sees("service-0005 (", "and 2 more.")
	d.missing("service-0006 (")
	d.press("esc", "end", "space", "X")
	d.sees("Revoke 7 marked keys", "service-0005 (", "and service-0006 (")
	d.missing("1 more")
}

// A range goes from where v was pressed to where it is pressed again, either
// way, and through what is not in memory any more.
func TestMarkRange(t *testing.T) {
	d := newDriver(t, manyKeys(900))
	d.press("2", "down", "j", "v", "j", "j")
	d.sees("v service-0001")
	d.press("v")
	d.sees("3 marked", "* service-0002", "* service-0003")
	d.press("esc")
	d.missing("marked")
	d.press("G", "v", "g", "j", "v")
	d.sees("900 marked")
	d.press("u")
	d.missing("marked")
	d.press("v", "v")
	d.sees("1 marked")
	d.press("esc", "/")
	d.write("service-088")
	d.press("enter", "*")
	d.sees("10 marked", "* service-0880")
	d.press("esc")
	d.sees("10 marked", "filter: none") // the filter goes first, then the marks
	d.press("esc")
	d.missing("marked")
	d.sees("API Access")
}

// Keys typed behind a mark that has still to be read act on what it marks.
func TestKeysBehindMarks(t *testing.T) {
	d := newDriver(t, fiveKeys)
	d.press("2")
	var late []tea.Cmd
	for _, k := range []string{"*", "p", "enter"} {
		_, cmd := d.root.Update(keyNamed(k))
		late = append(late, cmd)
	}
	for _, cmd := range late {
		d.run(cmd)
	}
	d.send(nil)
	d.sees("Suspend 5 marked keys")
}

// What works on one key says so, and a key that may not be changed stops the
// batch before it is asked for.
func TestMarksThatDoNotFit(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "*")
	d.press("y")
	d.sees("works on one key at a time, and 5 keys are marked")
	d.press("u")
	d.asAuditor()
	d.press("*", "p")
	d.sees("is marked: As an Auditor you may not suspend and resume keys")
	d.missing("Suspend 4 marked keys")
}

// Somebody else's change while the question is open is no trouble: what is
// done already is left.
func TestBatchMeetsAnother(t *testing.T) {
	d := newDriver(t, fiveKeys)
	d.press("2", "*", "p")
	page, err := d.session.Keys(context.Background(), model.KeyQuery{Text: "b-two"})
	d.must(err)
	_, err = d.session.SuspendKey(context.Background(), page.Keys[0].ID)
	d.must(err)
	d.press("enter")
	d.sees("4 keys suspended. 1 key is as before: nothing was to be done.")
}

// More than can change at once is not marked, and that is said.
func TestTooManyMarks(t *testing.T) {
	var m marks
	keys := make([]model.Key, model.MaxBatch+1)
	for i := range keys {
		keys[i].ID = model.KeyID(fmt.Sprint(i))
	}
	if m.add(keys...) || m.count() != model.MaxBatch {
		t.Fatalf("%d keys are marked", m.count())
	}
	if !m.add(keys[0]) || m.toggle(keys[model.MaxBatch]) || !m.toggle(keys[0]) || !m.toggle(keys[model.MaxBatch]) {
		t.Fatal("the limit counts what is marked already, or not what is new")
	}
}

// Marked keys get another owner together, who is asked for; the question names
// whom they are taken from.
func TestMarkedKeysChangeOwner(t *testing.T) {
	alone(t)
	d := newDriver(t, func(d *driver) { fiveKeys(d); d.second("max", model.ITManager) })
	d.press("2", "down", "space", "space", "e")
	d.sees("Owner of 2 keys", "Who answers for these keys:")
	d.press("enter")
	d.sees("It is empty. Give the email or the login of another active member")
	d.write("nobody")
	d.press("enter")
	d.sees("Nobody of that name can own keys.")
	d.press("ctrl+u")
	d.write("max")
	d.press("enter")
	d.sees("Another owner for 2 keys", "max@example.com owns these 2 keys from then on", "a-one (empk_", "Until now they are owned by ada@example.com.", "Type 2 to go on")
	d.write("2")
	d.press("enter")
	d.sees("2 keys given to max@example.com.")
	d.missing("marked")
	if k := d.keyOf("b-two"); k.Owner != "max@example.com" || d.keyOf("c-three").Owner != "ada@example.com" {
		t.Fatal(k.Owner)
	}
	d.press("g", "down", "space", "e")
	d.write("max")
	d.press("enter")
	d.sees("Nothing would change")
	d.press("esc", "esc", "*")
	d.asAuditor()
	d.press("e")
	d.sees("a-one is marked: As an Auditor you may not")
}
