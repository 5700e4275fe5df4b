package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

func TestSSHNeedsAuthenticator(t *testing.T) {
	x := newTeam(t)
	whole := SSHOptions{Service: x.service, HostKey: newSigner(t), Attend: report}
	for _, o := range []SSHOptions{{HostKey: whole.HostKey, Attend: report}, {Service: whole.Service, Attend: report}, {Service: whole.Service, HostKey: whole.HostKey}} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := ServeSSH(t.Context(), l, o); model.CodeOf(err) != model.CodeFailed {
			t.Errorf("it began, and ended with %v", err)
		}
		if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
			_ = c.Close()
			t.Error("it still listens")
		}
	}
}

// Members are who their key says, whatever name they come with.
func TestSSHIdentity(t *testing.T) {
	h := newHouse(t, usual, report)
	kim, stranger := newSigner(t), newSigner(t)
	if _, err := h.team.ada.AddMember(t.Context(), model.MemberSpec{Name: "Kim", Email: "kim@example.com", Role: model.Auditor}); err != nil {
		t.Fatal(err)
	}
	h.knows("kim@example.com", kim)
	for _, user := range []string{"ada", "root", "", "\x1b[2J"} {
		c, err := ssh.Dial("tcp", h.address, h.config(user, kim))
		if err != nil {
			t.Fatal(err)
		}
		out, said, exit := run(t, c, "keys list")
		if out != "kim@example.com \"keys list\" no terminal \n" || said != "" || exit != 9 {
			t.Errorf("%q: %q, %q, exit code %d", user, out, said, exit)
		}
		_ = c.Close()
	}
	fingerprint := ssh.FingerprintSHA256(stranger.PublicKey())
	out, said, exit := run(t, h.dial(stranger), "keys list")
	if want := "You came with the SSH key " + fingerprint + ", and team Acmé 東 knows nobody of that key. Ask its administrator to add it.\n"; out != "" || said != want || exit != 4 {
		t.Errorf("a stranger: %q, %q, exit code %d", out, said, exit)
	}
}

// openSSH is Debian's ssh without anything of this computer's configuration.
func (h *house) openSSH(args ...string) *exec.Cmd {
	h.Helper()
	_, port, _ := net.SplitHostPort(h.address)
	always := []string{"-F", "none", "-p", port, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"}
	return exec.CommandContext(h.Context(), demanded(h.T, "ssh"), append(always, args...)...)
}

// demanded is the path of a program that the gate installs.
func demanded(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		without(t, err.Error())
	}
	return path
}

// keyPair makes a pair of keys with ssh-keygen, and returns the private file.
func keyPair(t testing.TB, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if out, err := exec.Command(demanded(t, "ssh-keygen"), append([]string{"-q", "-N", "", "-f", path}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// A client with many keys offers one after the other, and the one that a member
// has counts, wherever it stands. A public key that is merely offered counts for
// nothing.
func TestSSHOffers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, usual, report)
	known, first, second := keyPair(t, "-t", "ed25519"), keyPair(t, "-t", "ed25519"), keyPair(t, "-t", "ecdsa")
	line, err := os.ReadFile(known + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.team.ada.AddSSHKey(t.Context(), "ada", string(line), ""); err != nil {
		t.Fatal(err)
	}
	offered := filepath.Join(t.TempDir(), "offered") // without its private half
	if err := os.WriteFile(offered+".pub", line, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(offered, line, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		keys []string
		who  string // how what is said begins
	}{
		{[]string{known}, "ada@example.com"}, {[]string{first, known}, "ada@example.com"}, {[]string{first, second, known}, "ada@example.com"},
		{[]string{first}, "You came with the SSH key"}, {[]string{first, second}, "You came with the SSH key"}, {[]string{offered, first}, "You came with the SSH key"},
		{[]string{offered}, "anybody@127.0.0.1: Permission denied (publickey)."},
	} {
		var args []string
		for _, k := range c.keys {
			args = append(args, "-i", k)
		}
		out, err := h.openSSH(append(args, "anybody@127.0.0.1", "keys", "list")...).CombinedOutput()
		said := strings.Split(strings.TrimSpace(string(out)), "\n")
		for strings.HasPrefix(said[0], "Load key") && len(said) > 1 { // which is not there
			said = said[1:]
		}
		if !strings.HasPrefix(said[0], c.who) || len(said) != 1 {
			t.Errorf("%q: %q, %v", c.keys, out, err)
		}
	}
}

// A member who is suspended, and one whose key is removed, is told and out.
func TestSSHEndsSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, usual, stay)
	if _, err := h.team.ada.AddMember(t.Context(), model.MemberSpec{Name: "Kim", Email: "kim@example.com", Role: model.Auditor}); err != nil {
		t.Fatal(err)
	}
	for sentence, act := range map[string]func(k model.SSHKey) error{
		"Your membership of team Acmé 東 is suspended. Ask its administrator.": func(model.SSHKey) error {
			_, err := h.team.ada.SuspendMember(t.Context(), "kim@example.com")
			return err
		},
		errKeyRemoved.Message: func(k model.SSHKey) error { return h.team.ada.RemoveSSHKey(t.Context(), k.ID) },
	} {
		_, _ = h.team.ada.ResumeMember(t.Context(), "kim@example.com")
		kim := newSigner(t)
		k := h.knows("kim@example.com", kim)
		out, lines := h.enter(kim)
		began := time.Now()
		if err := act(k); err != nil {
			t.Fatal(err)
		}
		if line := next(t, lines); !strings.Contains(line, sentence) {
			t.Errorf("told %q, want %q", line, sentence)
		}
		if err := within(t, out.Wait); err == nil || time.Since(began) > soon {
			t.Errorf("ended after %v with %v", time.Since(began), err)
		}
	}
}

// enter begins a session that stays, and returns what it says, line by line.
func (h *house) enter(keys ...ssh.Signer) (*ssh.Session, *bufio.Scanner) {
	h.Helper()
	s, err := h.dial(keys...).NewSession()
	if err != nil {
		h.Fatal(err)
	}
	pipe, err := s.StdoutPipe()
	if err != nil {
		h.Fatal(err)
	}
	if err := s.Start("stay"); err != nil {
		h.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	if line := next(h, lines); line != "here" {
		h.Fatalf("it says %q", line)
	}
	return s, lines
}

func next(t testing.TB, lines *bufio.Scanner) string {
	t.Helper()
	_ = within(t, func() error { lines.Scan(); return nil })
	return lines.Text()
}

// Whoever is in a session when the server stops is told.
func TestSSHStops(t *testing.T) {
	h := newHouse(t, usual, stay)
	_, lines := h.enter()
	go h.end()
	if line := next(t, lines); line != errStopping.Message {
		t.Errorf("told %q", line)
	}
	_ = within(t, func() error { h.end(); return nil })
	if _, err := net.Dial("tcp", h.address); err == nil {
		t.Error("it still listens")
	}
}

// A session that takes nothing, not even its end, does not keep the server.
func TestSSHStopsWithoutReader(t *testing.T) {
	t.Parallel()
	b := usual
	b.farewell = 100 * time.Millisecond
	full := make(chan struct{})
	h := newHouse(t, b, func(_ context.Context, v Visit) int {
		close(full)
		for {
			if _, err := io.WriteString(v.Out, strings.Repeat("x", 1<<16)); err != nil {
				return 1
			}
		}
	})
	s, err := h.dial().NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.StdoutPipe(); err != nil { // which nobody reads
		t.Fatal(err)
	}
	if err := s.Start("flood"); err != nil {
		t.Fatal(err)
	}
	<-full
	_ = within(t, func() error { h.end(); return nil })
}
