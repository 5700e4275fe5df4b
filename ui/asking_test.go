package ui

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// hold sends one key and holds back what follows from it, but for the words
// after a while.
func (d *driver) hold(key string) tea.Cmd {
	_, cmd := d.root.Update(keyNamed(key))
	return cmd
}

// passes lets so much time go by that waits are put into words.
func (d *driver) passes() {
	for _, msg := range d.waiting {
		if _, ok := msg.(slowMsg); ok {
			d.send(msg)
		}
	}
	d.waiting = nil
}

// Nothing is said of a short wait; of a long one it is, the old rows stay, and
// esc gives it up.
func TestSlowReading(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "down")
	d.waiting = nil
	late := d.hold("S")
	d.missing("Reading")
	d.sees("legacy-import")
	d.passes()
	d.sees("Reading. esc keeps what is shown.", "legacy-import")
	d.press("esc")
	d.sees("Not read, so this may be out of date: F5 reads it again.", "API Access", "> billing")
	d.run(late) // too late
	d.send(nil)
	d.missing("sort: application v   5 keys\n\n  APPLICATION v         API KEY         OWNER         LAST USED  STATE\n  + Create New API Key\n  mobile-push")
	d.press("f5")
	d.missing("Reading", "out of date")
	d.sees("sort: application v")
	d.press("esc")
	d.sees("Profile & Team")
}

// Giving a reading up really ends it.
func TestGivenUpReadingEnds(t *testing.T) {
	d := newDriver(t, nil)
	ended := make(chan error, 1)
	id := d.root.request()
	cmd := d.root.query(id, func(ctx context.Context) (tea.Msg, error) {
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
		}
		ended <- ctx.Err()
		return nil, ctx.Err()
	})
	go cmd()
	d.send(slowMsg{id})
	d.sees("Reading.")
	d.press("esc")
	if err := <-ended; err == nil {
		t.Fatal("the reading went on")
	}
}

// A change is never given up half way.
func TestSlowChange(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	d.press("2", "down", "p")
	d.waiting = nil
	late := d.hold("enter")
	d.passes()
	d.sees("Working: the answer is on its way.")
	d.press("esc", "q")
	if d.quit {
		t.Fatal("the program ended while a change was on its way")
	}
	d.sees("Suspend billing")
	d.run(late)
	d.send(nil)
	d.sees("billing suspended.")
	d.missing("Working")
}

// Errors say whom to ask, once the team has said so.
func TestWhomToAsk(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("1", "3")
	d.sees("Settings > Security policy", "> Support contact", "nobody in particular")
	d.write("IT desk, it@example.com")
	d.press("shift+tab", "enter")
	d.sees("The security policy was changed.", "Support contact  IT desk, it@example.com")
	d.press("?")
	d.press("/")
	d.write("support")
	d.sees("IT desk, it@example.com")
	d.press("esc", "esc", "esc")
	d.asAuditor()
	d.press("2", "down", "r")
	d.sees("As an Auditor you may not regenerate secrets.", "Support contact: IT desk, it@example.com.")
	d.press("esc", "esc", "esc", "1", "3")
	d.sees("Support contact   IT desk, it@example.com")
	d.write("x")
	d.sees("As an Auditor you may not change the security policy.")
	d.press("esc", "esc")
	d.store.down = true
	d.press("f5")
	d.sees("[error]", "(unavailable)", "Support contact: IT desk")
}

// What is wrong with a policy stays beside its field, and nothing is lost.
func TestPolicyForm(t *testing.T) {
	d := newDriver(t, nil)
	d.press("1", "3")
	d.write("desk")
	d.send(tea.PasteMsg{Content: "\x1b[31m"})
	d.press("shift+tab", "enter")
	d.sees("has a character that is not allowed", "desk")
	d.press("esc")
	d.sees("Not saved yet")
	d.press("esc")
	d.sees("This installation")
	if p, err := d.session.Policy(context.Background()); err != nil || p.Support != "" {
		t.Fatal(p, err)
	}
}

// A longest lifetime overrules that keys may never expire, and the screen says it.
func TestPolicyRuledOut(t *testing.T) {
	d := newDriver(t, nil)
	most, none := 60, 0
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{LongestLifetime: &most})
	d.must(err)
	d.press("1", "3")
	d.sees("Default lifetime  60 days, the longest", "Longest lifetime  60 days", "Never expires     yes", "Not allowed, as there is a longest lifetime.")
	p := d.converse(Options{Start: AtSettings}, chooses("Security policy"), "", "", "q")
	p.sees("Longest lifetime: 60 days", "Never expires: not allowed, as there is a longest lifetime")
	d.press("esc", "esc")
	d.asAuditor()
	d.press("1", "3")
	d.sees("Longest lifetime  60 days", "not allowed, as there is a longest lifetime")
	d.press("esc", "esc")
	d.signIn("ada")
	_, err = d.session.EditPolicy(context.Background(), model.PolicyEdit{LongestLifetime: &none})
	d.must(err)
	d.press("1", "3")
	d.sees("Never expires     yes")
	d.missing("ot allowed, as")
}

// A new key is offered the lifetime that the policy gives it.
func TestPolicyOfNewKeys(t *testing.T) {
	d := newDriver(t, nil)
	days := 90
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{DefaultLifetime: &days})
	d.must(err)
	d.send(changedMsg{})
	d.press("2", "n")
	d.sees("Expires      90d")
}

// What was to come after a while does not come when the interface is gone, nor
// keeps it in memory.
func TestLaterEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	soon := later(ctx)(time.Millisecond, slowMsg{1})
	if msg := soon(); msg != (slowMsg{1}) {
		t.Errorf("%v comes", msg)
	}
	cancel()
	if msg := later(ctx)(time.Hour, slowMsg{1})(); msg != nil {
		t.Errorf("%v comes", msg)
	}
}
