package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// A tall window is filled with what happened, and a small one wraps it rather
// than cutting it.
func TestDashboardFillsTheWindow(t *testing.T) {
	d := newDriver(t, events(50))
	d.resize(120, 40)
	if n := strings.Count(d.frame(), "changed the purpose of billing"); n != 21 {
		t.Fatalf("%d events:\n%s", n, d.frame())
	}
	d.missing("more lines below")
	d.resize(40, 12)
	d.press("pgdown", "pgdown", "pgdown")
	d.sees("just now ada changed the purpose of billing")
}

// enter opens nothing that cannot be seen: it shows what is chosen first.
func TestEnterShowsWhatIsChosen(t *testing.T) {
	d := newDriver(t, events(50))
	d.press("pgdown")
	d.missing("> 1  Settings")
	d.sees("enter to the top")
	d.press("enter")
	d.sees("> 1  Settings", "enter open")
	d.press("pgdown", "j")
	d.sees("> 2  API Access")
	d.press("enter")
	d.sees("Dashboard > Settings > Profile & Team > API Access")
}

// The dashboard warns of secrets that were replaced and are still used, and of
// callers in places that the application did not declare, of a few keys by name.
func TestDashboardWarnsOfRequests(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		ctx := context.Background()
		_, err := d.session.CreateApplication(ctx, model.ApplicationSpec{Name: "billing", Networks: []string{"10.0.0.0/8"}})
		d.must(err)
		var batch []model.Tally
		for i, name := range []string{"billing", "edge", "jobs", "mail", "shop"} {
			k, _ := d.create(name)
			_, _, err := d.session.RegenerateSecret(ctx, k.ID, 0)
			d.must(err)
			at := d.clock.Add(-time.Duration(i) * time.Minute)
			tally := model.Tally{Usage: model.Usage{Key: k.ID}, Sightings: []model.Sighting{{Key: k.ID, Generation: 1, Address: "10.0.0.4", First: at, Last: at, Count: 312}}}
			if name == "billing" {
				tally.Sightings = append(tally.Sightings, model.Sighting{Key: k.ID, Generation: 1, First: at.Add(-time.Hour), Last: at.Add(-time.Hour), Count: 1})
				tally.Callers = []model.Caller{{Key: k.ID, Address: "192.0.2.9", First: at, Last: at, Allowed: 1}}
			}
			if name == "jobs" {
				tally.Sightings[0].Address, tally.Sightings[0].Count = "", 1
			}
			batch = append(batch, tally)
		}
		d.must(d.store.RecordUsage(ctx, batch))
	})
	d.resize(160, 40)
	d.sees(
		"billing: a replaced secret is still used by 10.0.0.4 and 1 more, 313 times since it was regenerated",
		"edge: a replaced secret is still used by 10.0.0.4, 312 times since it was regenerated",
		"jobs: a replaced secret is still used by an unknown address, once since it was regenerated",
		"2 keys more with a replaced secret still in use",
		"billing is used from outside its networks, by 192.0.2.9",
	)
	d.missing("mail: a replaced", "edge is used")
	d.clock = d.clock.Add(25 * time.Hour)
	d.send(refreshMsg{})
	d.sees("Needs attention")
	d.missing("a replaced secret", "outside its networks")
}

// Two keys of one application are told apart.
func TestAttentionTellsKeysApart(t *testing.T) {
	var first, second model.Key
	d := newDriver(t, func(d *driver) {
		soon := func(s *model.KeySpec) { s.Expires = "5d" }
		first, _ = d.create("ci-deploy", soon)
		second, _ = d.create("ci-deploy", soon)
		d.create("billing", soon)
		for _, k := range []model.Key{first, second} {
			_, _, err := d.session.RegenerateSecret(context.Background(), k.ID, 1)
			d.must(err)
			sighting := model.Sighting{Key: k.ID, Generation: 1, Address: "10.0.0.4", First: start, Last: start, Count: 5}
			d.must(d.store.RecordUsage(context.Background(), []model.Tally{{Usage: model.Usage{Key: k.ID}, Sightings: []model.Sighting{sighting}}}))
		}
	})
	d.resize(120, 40)
	for _, k := range []model.Key{first, second} {
		d.sees("ci-deploy ("+k.ID.Short()+") expires in 5 d", "ci-deploy ("+k.ID.Short()+"): a replaced secret is still used")
	}
	d.sees("billing expires in 5 d")
}

// When what the cursor is on needs no attention any more, it is on the menu
// again.
func TestAttentionGoes(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.press("G", "down", "down", "down", "down")
	d.sees("> billing is used from outside")
	d.clock = d.clock.Add(25 * time.Hour)
	d.press("f5")
	d.sees("> 4  Live requests")
	d.press("enter")
	d.sees("Dashboard > Live requests")
}

// The dashboard says what the verifier did, and when that is not known.
func TestTrafficWords(t *testing.T) {
	some := model.Overview{Counts: model.KeyCounts{Revoked: 1}}
	for want, traffic := range map[string]model.Traffic{
		"none in the last 24 hours":                    {All: true},
		"not known: what was counted cannot be read":   {Hidden: true},
		"1,204 allowed, 3 denied in the last 24 hours": {All: true, Count: model.Count{Allowed: 1204, Denied: 3}},
		"0 allowed, 1,000 denied in the last 24 hours": {All: true, Count: model.Count{Denied: 1000}},
	} {
		some.Traffic = traffic
		if got := trafficWords(some); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if got := trafficWords(model.Overview{}); got != "" {
		t.Errorf("of a team without keys: %q", got)
	}
}

// The cursor leads to the keys outside the policy, too, which come last.
func TestAttentionLeadsOutsideThePolicy(t *testing.T) {
	d := newDriver(t, strictTeam)
	d.press("G", "down", "down", "down", "down")
	d.sees("> 4 keys are outside the policy: o lists them")
	d.press("enter")
	d.sees("Dashboard > Keys outside the policy")
}

// Whoever may see the usage of some keys is told of those alone, and whoever may
// see that of none is not told that there was none.
func TestTrafficIsOfWhatIsSeen(t *testing.T) {
	for _, c := range []struct {
		name   string
		grants []model.Permission
		owns   bool
		want   string
	}{
		{"the sight of keys", []model.Permission{model.KeysView}, false, "Requests  not shown"},
		{"the sight of keys and of their usage", []model.Permission{model.KeysView, model.UsageView}, false, "541 allowed, 354 denied in the last 24 hours with the keys whose usage you may see"},
		{"the sight of usage alone", []model.Permission{model.UsageView}, true, "none in the last 24 hours with the keys whose usage you may see"},
		{"a key of their own", nil, true, "none in the last 24 hours with the keys whose usage you may see"},
	} {
		d := newDriver(t, func(d *driver) {
			usedKeys(d)
			kim := d.second("kim", model.PlainMember)
			for _, p := range c.grants {
				_, err := d.session.GiveGrant(context.Background(), "kim", p, "billing", time.Time{})
				d.must(err)
			}
			if c.owns {
				d.create("shop", func(s *model.KeySpec) { s.Owner = "kim" })
			}
			d.session = kim
		})
		t.Log(c.name)
		d.sees(c.want)
		d.converse(Options{}, "q").sees(strings.Replace(c.want, "Requests  ", "Requests: ", 1))
	}
}

// Who works in lines is warned of the same keys, and led to them.
func TestLinesDashboardCountsKeys(t *testing.T) {
	d := newDriver(t, strictTeam)
	d.sees("4 keys are outside the policy: o lists them", "1 key is due for a new secret: d lists it")
	p := d.converse(Options{}, "o", "", "d", "", "q")
	p.sees("Needs attention: 4 keys are outside the policy\n", "Needs attention: 1 key is due for a new secret\n", "\no. Keys outside the policy\n", "\nKeys outside the policy\n", "\nd. Rotation", "\nRotation\n")
	p = newDriver(t, nil).converse(Options{}, "q")
	if strings.Contains(p.text(), "Needs attention") || strings.Contains(p.text(), "\no. ") {
		t.Fatal(p.text())
	}
}

// In a narrow window the hint stands below the entry that it is of, and a click
// still goes to what is pointed at.
func TestHintStandsBelowItsEntry(t *testing.T) {
	d := newDriver(t, someKeys)
	d.resize(40, 12)
	d.sees("> 1  Settings\n     Profile & Team, keys, appearance\n  2  API Access")
	d.press("j")
	d.sees("  1  Settings\n> 2  API Access\n     see, create and regenerate API k")
	d.press("j", "j")
	d.sees("> 4  Live requests\n     allowed and denied, as it happens")
	d.press("k", "k")
	d.clickOn("4  Live requests")
	d.sees("Dashboard > Live requests")
	d.press("esc", "k")
	d.clickOn("who did what, and when")
	d.sees("Dashboard > Activity")
	d.press("esc", "k")
	d.clickOn("1  Settings")
	d.sees("Dashboard > Settings")
}
