package cli_test

import (
	"strings"
	"testing"
)

// TestLinesTeam adds a member line by line, takes an SSH key of theirs but no
// private one, and removes them: the new secret of their key is shown once.
func TestLinesTeam(t *testing.T) {
	t.Parallel()
	const public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl kim@laptop"
	h := newTeam(t, "TERM=dumb")
	w := &lineTerminal{terminal: h.open("--at", "team")}
	w.choose("Members")
	w.choose("Add a member")
	w.answer("Name", "Kim")
	w.answer("Email", "kim@example.com")
	w.answer("Login [none]", "")
	w.answer("Role [Member]", "")
	w.told("Choose")
	h.must("", "keys", "create", "--application", "billing", "--owner", "kim@example.com")
	w.choose("Kim: kim@example.com")
	w.choose("SSH keys")
	w.choose("Add an SSH key")
	w.answer("Paste the line", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nx1x1x1\n-----END OPENSSH PRIVATE KEY-----")
	w.answer("Paste the line", public)
	w.answer("Name, such as laptop", "")
	if said := w.answer("Choose", ""); !strings.Contains(said, "kim@laptop, SHA256:") {
		t.Errorf("it said %q", said)
	}
	if out := string(w.since(0)); strings.Contains(out, "b3Blbn") || strings.Contains(out, "x1x1x1") || strings.Contains(out, "AAAAC3") {
		t.Errorf("what was pasted shows:\n%s", out)
	}
	w.choose("Remove from the team")
	w.choose("billing")
	w.choose("Transfer")
	w.answer("Owner", "ada@example.com")
	w.choose("billing")
	w.choose("Regenerate")
	w.choose("Go on")
	w.answer("Type kim@example.com to go on", "kim@example.com")
	key, secret := w.seeSecret()
	h.verify(key, secret, 0)
	w.choose("Done")
	w.told("Choose")
	if out := h.must("", "members", "list"); !strings.Contains(out, "removed") {
		t.Errorf("the members are:\n%s", out)
	}
	for range 3 {
		w.answer("or an empty line to go back", "")
	}
	w.choose("Quit")
	if code := w.exit(patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
	w.plain(secret)
}
