package ui

import (
	"context"
	"testing"
	"time"

	"empress/model"
)

// strictTeam is a team whose keys are outside the policy for each reason.
func strictTeam(d *driver) {
	someKeys(d)
	most, due, unused, never := 60, 90, 30, false
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{LongestLifetime: &most, SecretDueAfter: &due, UnusedAfter: &unused, NeverAllowed: &never})
	d.must(err)
}

// knownScenes are the SSH keys of members, and the keys outside the policy.
func knownScenes() []scene {
	return []scene{
		{"profile", aTeam, func(d *driver) { d.signIn("max"); d.press(":"); d.write("your profile"); d.press("enter", "pgdown") }},
		{"member-known", knownTeam, func(d *driver) { d.openMember("Kim"); d.press("pgdown") }},
		{"sshkeys", knownTeam, func(d *driver) { d.openMember("Kim"); d.press("s", "j") }},
		{"sshkeys-none", knownTeam, func(d *driver) { d.press(":"); d.write("your ssh"); d.press("enter") }},
		{"sshkeys-denied", knownTeam, func(d *driver) { d.signIn("li"); d.openMember("Kim"); d.press("s", "X") }},
		{"sshkeys-offline", knownTeam, func(d *driver) { d.openMember("Kim"); d.press("s"); d.store.down = true; d.press("f5") }},
		{"sshkey-add", knownTeam, func(d *driver) {
			d.root.readKey = func(string) (string, error) { return "", nil }
			d.openMember("Kim")
			d.press("s", "n")
		}},
		{"sshkey-weak", knownTeam, func(d *driver) {
			d.openMember("Kim")
			d.press("s", "n")
			d.paste(rsaLine(d.t, 2048))
			d.press("enter", "enter")
		}},
		{"sshkey-private", knownTeam, func(d *driver) { d.openMember("Kim"); d.press("s", "n"); d.paste(aPrivateKey) }},
		{"sshkey-remove", knownTeam, func(d *driver) { d.openMember("Kim"); d.press("s", "X") }},
		{"dashboard-outside", strictTeam, walkTo()},
		{"outside", strictTeam, walkTo("o", "j")},
		{"outside-none", someKeys, walkTo("1", "3", "ctrl+o")},
		{"policy-outside", strictTeam, walkTo("1", "3", "ctrl+o", "enter")},
	}
}

func TestKnownFrames(t *testing.T) { holdFrames(t, knownScenes()) }

// The count on the dashboard leads to the keys outside the policy, and those to
// their details, where they can be put right.
func TestOutsidePolicy(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, strictTeam)
		d.resize(size[0], size[1])
		if size[1] < 20 {
			d.press("pgdown", "pgdown")
		}
		d.sees("4 keys are outside the policy: o lists them")
		d.press("o")
		d.sees("Keys outside the policy", "4 keys are outside the policy.", "> billing", "It lasts")
		d.press("j")
		d.sees("> edge-cache", "It never expires.")
		d.press("enter")
		d.sees("> edge-cache", "api_secret")
		d.press("X")
		d.write("edge-cache")
		d.press("enter")
		d.sees("[ok] edge-cache revoked.")
		d.press("esc")
		d.sees("3 keys are outside the policy.", "> legacy-import")
		d.send(changedMsg{})
		d.press("G")
		d.sees("> mobile-push")
		d.press("esc")
		d.resize(80, 24)
		d.press("pgup", "pgup")
		d.sees("3 keys are outside the policy: o lists them")
	}
}

// In a narrow window, too, it is told which key it is and who answers for it.
func TestOutsidePolicyNamesTheKey(t *testing.T) {
	d := newDriver(t, strictTeam)
	d.press("o")
	for _, size := range sizes {
		d.resize(size[0], size[1])
		d.sees("> billing", d.keyOf("billing").ID.Short()+"  ada")
	}
}

// The list is reached from the policy, too, by whoever may not change it, and
// what was typed into the policy stays.
func TestOutsidePolicyFromThePolicy(t *testing.T) {
	d := newDriver(t, strictTeam)
	d.press("1", "3")
	d.write("the desk")
	d.sees("ctrl+o keys outside it")
	d.press("ctrl+o")
	d.sees("Security policy > Keys outside the policy", "> billing")
	d.clickOn("edge-cache")
	d.sees("> edge-cache")
	d.clickOn("edge-cache")
	d.sees("edge-cache", "History")
	d.press("esc", "esc")
	d.sees("the desk", "enter next")
	d = newDriver(t, strictTeam)
	d.asAuditor()
	d.press("1", "3", "ctrl+o", "enter")
	d.sees("Keys outside the policy > billing")
}

// Nothing is said where all is well, a list that cannot be read says why, and
// what fails in the background disturbs nobody.
func TestOutsidePolicyQuietly(t *testing.T) {
	d := newDriver(t, someKeys)
	d.missing("outside the policy")
	d.press("o")
	d.sees("> 1  Settings")
	d.press("1", "3", "ctrl+o")
	d.sees("Every key that you may see is within the policy.")
	d.press("enter")
	d.store.down = true
	d.press("f5")
	d.sees("reported an error")
	d.store.down = false
	unused := 1
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{UnusedAfter: &unused})
	d.must(err)
	d.send(changedMsg{})
	d.sees("2 keys are outside the policy", "It was not used since it was created")
	d.press("esc", "esc", "esc")
	d.sees("2 keys are outside the policy: o lists them")
}

// A change that comes while the keys are looked through makes them be looked
// through again, and no second time at once.
func TestOutsidePolicyIsCountedOnceAtATime(t *testing.T) {
	d := newDriver(t, someKeys)
	check := &d.root.stack[0].(*dashboard).policy
	first := check.look(d.root.surroundings)
	if first == nil {
		t.Fatal("the keys are not looked through")
	}
	late := first() // as the keys were before the change
	unused := 1
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{UnusedAfter: &unused})
	d.must(err)
	if check.look(d.root.surroundings) != nil {
		t.Fatal("the keys are looked through twice at once")
	}
	d.missing("outside the policy")
	d.send(late)
	d.sees("2 keys are outside the policy")
	if check.asked != 0 || check.again {
		t.Fatalf("%+v", check)
	}
}

// A member's page says when they last came in, in whichever session, and does
// not call never what cannot be read.
func TestLastSignIn(t *testing.T) {
	d := newDriver(t, aTeam)
	d.openMember("Kim")
	d.sees("Last sign-in never")
	d.clock = d.clock.Add(time.Hour)
	_, err := d.service.SignIn(context.Background(), model.Identity{Login: "kim", Via: model.ViaTerminal})
	d.must(err)
	d.clock = d.clock.Add(2 * time.Minute)
	d.press("f5")
	d.sees("Last sign-in 2026-03-02 10:30 UTC (2 min ago) by login")
	d.openMember("Ada")
	d.sees("Last sign-in 2026-03-02 09:30 UTC (1 h ago) by login")
	d.store.blind = true
	d.press("f5")
	d.sees("Ada", "Last sign-in not known: it cannot be read")
	k, err := d.session.AddSSHKey(context.Background(), "kim", edLine(t, 1, ""), "laptop")
	d.must(err)
	d.openMember("Kim")
	d.press("G")
	d.sees("laptop", "last use not known")
	d.store.blind = false
	d.press("f5")
	d.sees("never used")
	_, err = d.service.SignIn(context.Background(), model.Identity{SSHKey: k.Fingerprint, Via: model.ViaSSH})
	d.must(err)
	d.press("f5")
	d.sees("last used just now")
	d.press("home")
	d.sees("Last sign-in 2026-03-02 10:32 UTC (just now) by SSH key")
}

// A member's page leads to the keys that they own and to what they did.
func TestMemberPageLeadsOn(t *testing.T) {
	d := newDriver(t, aTeam)
	d.create("nightly", func(s *model.KeySpec) { s.Owner = "kim" })
	d.openMember("Kim")
	d.sees("1 key, which is active: a shows it in API Access.", "None: s adds one.")
	d.press("pgdown")
	d.sees("Kim did nothing yet that is in the trail.")
	d.press("a")
	d.sees("Members > Kim > API Access", "nightly", "kim@example.com")
	d.missing("billing")
	d.press("esc", "esc")
	d.sees("Members > Kim")
	d.press("t")
	d.sees("Members > Kim > Activity", "ada added kim")
	d.press("esc", "esc")
	d.signIn("kim")
	_, _ = d.root.session.RevokeKey(context.Background(), "empk_000000000000000000000")
	key, _, err := d.root.session.CreateKey(context.Background(), model.KeySpec{Application: "hourly"})
	d.must(err)
	_, err = d.root.session.SuspendKey(context.Background(), key.ID)
	d.must(err)
	d.clock = d.clock.Add(5 * time.Minute)
	d.signIn("ada")
	d.openMember("Kim")
	d.sees("2 keys, 1 of them active: a shows them in API Access.")
	d.press("pgdown")
	d.sees("Kim last did something 2026-03-02 09:30 UTC (5 min ago).")
	d.openMember("Ada")
	d.sees("5 keys, 3 of them active")
	_, err = d.session.ResumeMember(context.Background(), "sam")
	d.must(err)
	_, err = d.session.GiveGrant(context.Background(), "sam", model.MembersView, "", time.Time{})
	d.must(err)
	d.signIn("sam")
	d.openMember("Kim")
	d.sees("They own none that you may see.", "None.")
	d.press("t")
	d.sees("you may not see the audit trail")
	d.missing("last did", "t activity")
}
