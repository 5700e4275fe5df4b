package ui

import (
	"context"
	"strings"
	"testing"

	"empress/model"
)

// An application is added, found, described and renamed: what another name
// means is asked first, and what somebody else changed meanwhile is told.
func TestLinesApplications(t *testing.T) {
	d := newDriver(t, someKeys)
	contact := "the desk"
	p := d.converse(Options{Start: AtTeam}, chooses("Applications"),
		chooses("Add an application"), "billing", "", "", "everywhere", // two mistakes
		"Bil-ling", "10.0.0.0/8", "", // almost the same name, insisted on
		chooses("Filter"), "BIL-", chooses("Bil-ling"), chooses("Facts"),
		chooses("Edit or rename"), chooses("Save"), // nothing was changed
		chooses("Edit or rename"), chooses("Purpose"), "Sends letters", "",
		chooses("Edit or rename"), chooses("Name"), "letters", chooses("Purpose"), "Sends letters", chooses("Save"), "no",
		chooses("Contact"), "kim",
		func(*typist) {
			_, err := d.session.EditApplication(context.Background(), "Bil-ling", model.ApplicationEdit{Contact: &contact})
			d.must(err)
		},
		chooses("Save"), "yes", chooses("Save"), "yes",
		chooses("History"), chooses("Its keys"), "", chooses("Create New"), ".", "", "", "", "q")
	p.sees("There is an application billing already.", "Or go on with this one, which makes another.", "is not a network", "Matches: 1 for BIL-", "Nothing was changed.", "Left without saving.",
		"Rename Bil-ling", "Nothing was saved yet.", "Meanwhile somebody changed the contact of Bil-ling. What you typed is kept.",
		"Contact: Somebody else changed this to: the desk. Saving puts yours in its place.", "Bil-ling is called letters now.", "Keys of letters", "Application [letters]")
	all, err := d.session.Applications(context.Background())
	d.must(err)
	for _, a := range all {
		if a.Name == "letters" && (a.Purpose != "Sends letters" || a.Contact != "kim" || a.NetworkList() != "10.0.0.0/8") {
			t.Errorf("%+v", a)
		}
	}
	if !strings.Contains(p.text(), "letters: no key, Sends letters") && !strings.Contains(p.text(), "letters: no key") {
		t.Errorf("%+v", all)
	}
}

// The policy is told, changed rule by rule, and what is outside it is listed.
func TestLinesPolicy(t *testing.T) {
	d := newDriver(t, someKeys)
	days := 400
	p := d.converse(Options{Start: AtSettings}, chooses("Security policy"), chooses("Keys outside"), "",
		chooses("Change the policy"), chooses("Save"),
		chooses("Change the policy"), chooses("Unused after"), "3", "",
		chooses("Change the policy"), chooses("Never expires"), "perhaps", chooses("Unused after"), "many", chooses("Support"), "it@example.com", chooses("Save"),
		"no", "10",
		chooses("Keys outside"), chooses("edge-cache"), "", "",
		chooses("Change the policy"), chooses("Longest"), "30", chooses("Default"), "90", chooses("Save"), "20",
		chooses("Change the policy"), chooses("Longest"), "40",
		func(*typist) {
			_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{SecretDueAfter: &days, LongestLifetime: &days})
			d.must(err)
		}, chooses("Save"), chooses("Save"), "", "", "q")
	p.sees("Every key that you may see is within the policy.", "Nothing was changed.", "Left without saving.", "Answer yes or no.", `"many" is not a whole number`,
		"The security policy was changed.", "it never expires", "The default lifetime of 90 days is longer than the longest of 30.",
		"Somebody changed the security policy meanwhile.", "Longest lifetime: Somebody else changed this to: 400.", "Support contact: it@example.com")
	got, err := d.session.Policy(context.Background())
	if d.must(err); got.LongestLifetime != 40 || got.DefaultLifetime != 20 || got.SecretDueAfter != 400 || got.NeverAllowed || got.UnusedAfter != 10 || got.Support != "it@example.com" {
		t.Errorf("%+v", got)
	}
}

// An SSH key is added by its line and removed. Of a private key nothing is
// taken, and what was wrong is asked again alone.
func TestLinesSSHKeys(t *testing.T) {
	d := newDriver(t, aTeam)
	first, second := edLine(t, 1, "ada@laptop"), edLine(t, 2, "ada@laptop")
	down := func(yes bool) func(*typist) { return func(*typist) { d.store.down = yes } }
	p := d.converse(Options{Start: AtTeam}, chooses("Your SSH keys"),
		chooses("Add"), "", chooses("Add"), first, ".", chooses("Add"), first, endOfInput, // three ways out
		chooses("Add"), "-----BEGIN OPENSSH PRIVATE KEY-----", "b3BlbnNz", "1", "-----END OPENSSH PRIVATE KEY-----",
		"-----BEGIN OPENSSH PRIVATE KEY-----", "", "ssh-ed25519 AAAA", "my laptop", first,
		chooses("Add"), second, "a`b", "old`", "old one", // a name that cannot be
		chooses("Add"), first, "", "", // had already
		chooses("my laptop"), "no", chooses("old one"), down(true), "yes", down(false), "yes", "",
		chooses("Members"), chooses("Max"), chooses("SSH keys"), chooses("Add"), second, down(true), "", down(false), "yes", "",
		chooses("Facts"), "", "", "", "q")
	p.sees("Nothing of it was kept.", "That is not an SSH public key.", "Ada is known by the SSH key my laptop now: SHA256:", "has this SSH key already, as my laptop.",
		"The SSH key old one was removed.", "Nothing was done.", "Type yes to try again, or no", "SSH key: ada@laptop, SHA256:")
	if n := strings.Count(p.text(), "That is a private key"); n != 2 {
		t.Errorf("a private key was refused %d times", n)
	}
	for login, names := range map[string]string{"ada": "my laptop", "max": "ada@laptop"} {
		ks, err := d.session.SSHKeys(context.Background(), login)
		if err != nil || len(ks) != 1 || ks[0].Name != names {
			t.Errorf("%s has %+v, %v", login, ks, err)
		}
	}
}

// A long list is told a stretch at a time.
func TestLinesLongTeam(t *testing.T) {
	d := newDriver(t, manyKeys(45))
	p := d.converse(Options{Start: AtTeam}, chooses("Applications"), "n", "25", "", "n", "p", "", "", "q")
	p.sees("\n21. service-0020: 1 key, active\n", "service-0024: 1 key, active\nName: service-0024", "\n45. service-0044: 1 key, active\np. The ones before")
}
