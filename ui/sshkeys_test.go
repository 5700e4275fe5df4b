package ui

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/crypto/ssh"

	"empress/model"
)

// publicLine is the line of a .pub file for a public key.
func publicLine(t testing.TB, key any, comment string) string {
	t.Helper()
	public, err := ssh.NewPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))) + " " + comment
}

// edLine is a key of the modern kind, the same for the same number.
func edLine(t testing.TB, n byte, comment string) string {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.NewChaCha8([32]byte{n}).Read(seed)
	return publicLine(t, ed25519.NewKeyFromSeed(seed).Public(), comment)
}

// rsaLine is a key of so many bits; nobody has the private half.
func rsaLine(t testing.TB, bits uint) string {
	t.Helper()
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return publicLine(t, &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}, "old")
}

// certificateLine is a certificate for a key, signed by the same.
func certificateLine(t testing.TB) string {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	c := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := c.SignCert(rand.NewChaCha8([32]byte{9}), signer); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(c)))
}

// knownTeam is a team whose kim has two SSH keys.
func knownTeam(d *driver) {
	aTeam(d)
	ctx := context.Background()
	d.clock = start.Add(-40 * 24 * time.Hour)
	_, err := d.session.AddSSHKey(ctx, "kim", edLine(d.t, 1, "kim@laptop"), "")
	d.must(err)
	d.clock = start.Add(-3 * time.Hour)
	_, err = d.session.AddSSHKey(ctx, "kim", rsaLine(d.t, 4096), "office computer")
	d.must(err)
	d.clock = start
}

func (d *driver) sshKeysOf(member string) []model.SSHKey {
	d.t.Helper()
	ks, err := d.session.SSHKeys(context.Background(), member)
	d.must(err)
	return ks
}

func (d *driver) paste(text string) {
	d.t.Helper()
	d.send(tea.PasteMsg{Content: text})
}

const aPrivateKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\nQyNTUxOQAAACBkeepthisout\n-----END OPENSSH PRIVATE KEY-----\n"

// An administrator sees, adds and removes the SSH keys of a member, in windows
// of every size.
func TestSSHKeys(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, knownTeam)
		d.resize(size[0], size[1])
		d.openMember("Kim")
		d.press("s")
		d.sees("SSH keys of Kim", "> kim@laptop", "40 d", "never")
		joined := strings.ReplaceAll(strings.ReplaceAll(d.frame(), "\n", ""), " ", "")
		if want := d.sshKeysOf("kim")[0].Fingerprint; !strings.Contains(joined, want) {
			t.Fatalf("the fingerprint %s is not whole:\n%s", want, d.frame())
		}
		d.press("j")
		d.sees("> office computer", "RSA 4096")
		d.press("n")
		d.paste(edLine(t, 2, "kim@tablet"))
		d.press("enter", "enter")
		d.sees("[ok] Kim is known by the SSH key kim@tablet now.", "> kim@tablet", "Ed25519", "just now")
		d.press("X")
		d.sees("Remove the SSH key kim@tablet", "From now on Kim is not known by the key kim@tablet:")
		d.press("esc")
		if n := len(d.sshKeysOf("kim")); n != 3 {
			t.Fatalf("%d keys after a removal that was cancelled", n)
		}
		d.press("X", "enter")
		d.sees("[ok] The SSH key kim@tablet was removed.", "> office computer")
		if n := len(d.sshKeysOf("kim")); n != 2 {
			t.Fatalf("%d keys after a removal", n)
		}
		d.press("k")
		d.sees("> kim@laptop")
		if size[0] > 60 {
			d.clickOn("office computer")
			d.sees("> office computer")
		}
		d.press("esc")
		d.sees("Members > Kim")
	}
}

// A key is named by what is typed, otherwise by its comment, and anybody may
// add and remove their own.
func TestOwnSSHKeys(t *testing.T) {
	d := newDriver(t, knownTeam)
	d.signIn("max")
	d.press(":")
	d.write("your ssh")
	d.press("enter")
	d.sees("Your profile > Your SSH keys", "No SSH key yet. n adds one")
	d.press("X")
	d.sees("There is no SSH key that could be removed.")
	d.press("n")
	d.write(edLine(t, 3, "comment"))
	d.press("enter")
	d.write("home")
	d.press("enter")
	d.sees("[ok] You are known by the SSH key home now.", "> home")
	d.press("X")
	d.sees("From now on you are not known by the key home:")
	d.press("enter")
	d.sees("[ok] The SSH key home was removed.", "No SSH key yet")
	d.press("esc")
	d.sees("Your profile", "max@example.com")
	d.press("pgdown")
	d.sees("None: s adds one.", "You last did something 2026-03-02 09:30 UTC (just now).")
	d.press("esc")
	d.sees("Profile & Team", "Your profile")
}

// What is not accepted is told beside the field in words that name the mend,
// and what was typed stays.
func TestSSHKeyRefusals(t *testing.T) {
	d := newDriver(t, knownTeam)
	d.openMember("Max")
	d.press("s", "n", "enter")
	d.write("desk")
	for _, c := range []struct{ line, says string }{
		{"", "There is no SSH key. Give the line that your .pub file holds."},
		{rsaLine(t, 2048), "An RSA key of 2048 bits is too weak: it takes 3072. Make another with: ssh-keygen -t ed25519"},
		{"ssh-dss AAAAB3NzaC1kc3MAAACB old", "DSA keys are too weak. Make another with: ssh-keygen -t ed25519"},
		{certificateLine(t), "That is a certificate, and members are known by keys alone."},
		{"ssh-ed25519 AAAA", "That is not an SSH public key."},
		{edLine(t, 1, "again"), "Another member has this SSH key already"},
		{`command="ls" ` + edLine(t, 4, "max"), "The line has options before the key"},
		{"id_ed25519.pub", "That is not an SSH public key. Give the line that your .pub file holds"},
	} {
		d.press("shift+tab", "ctrl+u")
		d.paste(c.line)
		d.press("enter", "enter")
		d.sees("> SSH key", c.says, "desk")
		d.press("enter")
	}
	if ks := d.sshKeysOf("max"); len(ks) != 0 {
		t.Fatalf("%+v", ks)
	}
	d.press("shift+tab", "ctrl+u")
	d.paste(edLine(t, 4, "max"))
	d.store.down = true
	d.press("enter", "enter")
	d.sees("is full, so nothing was changed", " max", "desk")
	d.store.down = false
	d.press("enter")
	d.sees("Max is known by the SSH key desk now.")
	d.press("n")
	d.paste(edLine(t, 4, "twice"))
	d.press("enter", "enter")
	d.sees("max@example.com has this SSH key already, as desk.")
}

// A private key is neither shown nor kept, however it comes: pasted as one,
// typed letter by letter, or in the file that was named.
func TestPrivateKeyIsNotKept(t *testing.T) {
	for name, give := range map[string]func(*driver){
		"pasted": func(d *driver) { d.paste(aPrivateKey) },
		"pasted as the name": func(d *driver) {
			d.press("tab")
			d.paste(aPrivateKey)
		},
		"typed": func(d *driver) {
			for _, line := range strings.Split(aPrivateKey, "\n") {
				d.write(line)
				d.missing("b3Blb", "keepthisout")
				d.press("enter")
			}
		},
		"PuTTY": func(d *driver) { d.paste("PuTTY-User-Key-File-3: ssh-ed25519\nkeepthisout") },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, knownTeam)
			d.openMember("Max")
			d.press("s", "n")
			give(d)
			d.sees("> SSH key", "That is a private key", "It was not kept.", "esc type again")
			d.missing("b3Blb", "keepthisout", "BEGIN")
			form := d.root.top().(*sshKeyForm)
			if kept := fmt.Sprintf("%+v", form.form.fields); strings.Contains(kept, "keepthisout") || form.form.value("ssh_key")+form.form.value("name") != "" {
				t.Fatal("something of it was kept")
			}
			d.press("esc") // types again, and does not leave
			d.write("ssh-ed")
			d.sees("> SSH key", "ssh-ed", "Add an SSH key")
			d.press("ctrl+u")
			d.paste(aPrivateKey)
			d.paste(edLine(t, 5, "right")) // what is pasted is no part of what was typed
			d.press("enter", "enter")
			d.sees("Max is known by the SSH key right now.")
			events, err := d.session.Events(context.Background(), model.EventQuery{Limit: 3})
			d.must(err)
			if told := fmt.Sprintf("%+v", events); strings.Contains(told, "keepthisout") {
				t.Fatal("the trail holds a part of it")
			}
		})
	}
}

// Where files can be read a path does as well; elsewhere none is offered.
func TestSSHKeyOfAFile(t *testing.T) {
	d := newDriver(t, knownTeam)
	read := ""
	d.root.readKey = func(path string) (string, error) {
		read = path
		switch path {
		case "/keys/max.pub":
			return edLine(t, 6, "max@file"), nil
		case "/keys/max":
			return aPrivateKey, nil
		}
		return "", model.Errorf(model.CodeFailed, "%s cannot be read. Give the file that ends in .pub.", path)
	}
	d.openMember("Max")
	d.press("s", "n")
	d.sees("Or type the file's path")
	d.write("/keys/nowhere")
	d.press("enter", "enter")
	d.sees("> SSH key", "/keys/nowhere cannot be read. Give the file that ends in .pub.")
	d.press("ctrl+u")
	d.write("/keys/max")
	d.press("enter", "enter")
	d.sees("That is a private key", "Give the file that ends in .pub.", "/keys/max")
	d.missing("keepthisout")
	d.press("ctrl+u")
	d.write("/keys/max.pub")
	d.press("enter", "enter")
	d.sees("Max is known by the SSH key max@file now.")

	d.root.readKey, read = nil, ""
	d.press("n")
	d.missing("path")
	d.write("/keys/max.pub")
	d.press("enter", "enter")
	d.sees("That is not an SSH public key.")
	if read != "" {
		t.Fatal("a file was read: " + read)
	}
}

// The keys of others are changed by who may manage members alone, and nobody
// adds one for somebody who cannot sign in.
func TestSSHKeyLimits(t *testing.T) {
	d := newDriver(t, knownTeam)
	d.openMember("Sam")
	d.press("s", "n")
	d.sees("Sam is suspended, so no SSH key can be added for them.")
	d.missing("n add")
	d.openMember("Gus")
	d.press("s")
	d.sees("Gus was removed from the team, and is known by no SSH key.")
	for _, p := range []model.Permission{model.MembersManage, model.MembersView} {
		_, err := d.session.GiveGrant(context.Background(), "kim", p, "", time.Time{})
		d.must(err)
	}
	d.openMember("Ada")
	d.signIn("kim")
	d.press("s", "n")
	d.paste(edLine(t, 7, "x"))
	d.press("enter", "enter")
	d.sees("You may not add an SSH key for ada@example.com")
	d.press("esc", "esc")
	d.signIn("li")
	d.openMember("Kim")
	d.press("s")
	d.missing("n add", "X remove")
	for _, k := range []string{"n", "X"} {
		d.press("down", k)
		d.sees("As an Auditor you may not add, suspend and remove members.")
	}
	d.press("?")
	d.sees("add an SSH key", "As an Auditor you may not add, suspend and remove members.")
}

// A removal that fails says so in the question, and the list says what somebody
// else did meanwhile.
func TestSSHKeyRemovalFails(t *testing.T) {
	d := newDriver(t, knownTeam)
	d.openMember("Kim")
	d.press("s", "X")
	d.must(d.session.RemoveSSHKey(context.Background(), d.sshKeysOf("kim")[0].ID))
	d.press("enter")
	d.sees("Remove the SSH key kim@laptop", "was removed already, so nothing changed.")
	d.press("esc")
	d.send(changedMsg{})
	d.missing("kim@laptop")
	d.store.down = true
	d.press("f5")
	d.sees("reported an error", "office computer")
}
