package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// house is a team with its SSH server.
type house struct {
	*team
	address string
	host    ssh.PublicKey
	ada     ssh.Signer // by which Ada is known
	end     func()     // stops the server, and waits until it has
	mu      sync.Mutex
	lines   []string // of the log
}

// soon is less than the bounds that are tested, and far more than what is not
// held up takes.
const soon = 5 * time.Second

// tight are bounds that can be reached quickly.
var tight = bounds{
	handshake: time.Second, answer: time.Second, rest: soon, farewell: time.Second,
	strangers: 12, strangersSource: 12, members: 6, membersEach: 4, sessions: 3, requests: 40, environ: 4,
}

func newSigner(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// knows lets a member be known by the key of a signer.
func (x *team) knows(member string, s ssh.Signer) model.SSHKey {
	x.Helper()
	k, err := x.ada.AddSSHKey(x.Context(), member, string(ssh.MarshalAuthorizedKey(s.PublicKey())), "")
	if err != nil {
		x.Fatal(err)
	}
	return k
}

func newHouse(t *testing.T, b bounds, attend func(context.Context, Visit) int) *house {
	t.Helper()
	h := &house{team: newTeam(t), ada: newSigner(t)}
	h.knows("ada", h.ada)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := newSigner(t)
	h.address, h.host = l.Addr().String(), host.PublicKey()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- serveSSH(ctx, l, SSHOptions{Service: h.service, HostKey: host, Attend: attend, Log: func(line string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.lines = append(h.lines, line)
		}}, b)
	}()
	h.end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(h.end)
	return h
}

func (h *house) config(user string, keys ...ssh.Signer) *ssh.ClientConfig {
	return &ssh.ClientConfig{User: user, Auth: []ssh.AuthMethod{ssh.PublicKeys(keys...)}, HostKeyCallback: ssh.FixedHostKey(h.host), Timeout: soon}
}

// dial connects, by Ada's key unless others are given.
func (h *house) dial(keys ...ssh.Signer) *ssh.Client {
	h.Helper()
	if keys == nil {
		keys = []ssh.Signer{h.ada}
	}
	c, err := ssh.Dial("tcp", h.address, h.config("anybody", keys...))
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = c.Close() })
	return c
}

// run sends a command on a connection and returns what came of it; exit is -1
// when there was no exit status.
func run(t testing.TB, c *ssh.Client, command string) (out, said string, exit int) {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var o, e bytes.Buffer
	s.Stdout, s.Stderr = &o, &e
	err = within(t, func() error { return s.Run(command) })
	if failed, ok := errors.AsType[*ssh.ExitError](err); ok {
		exit = failed.ExitStatus()
	} else if err != nil {
		exit = -1
	}
	return o.String(), e.String(), exit
}

// within fails when something takes too long.
func within(t testing.TB, fn func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- fn() }()
	select {
	case err := <-done:
		return err
	case <-time.After(2 * soon):
		t.Fatal("it hangs")
		return nil
	}
}

// closes checks that the server ends a connection by itself.
func closes(t testing.TB, c net.Conn) {
	t.Helper()
	if err := within(t, func() error { _, err := io.Copy(io.Discard, c); return err }); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
}

// report says who somebody is and what they came for.
func report(_ context.Context, v Visit) int {
	size := "no terminal"
	if v.Terminal != nil {
		width, height := v.Terminal.Size()
		size = fmt.Sprintf("%dx%d", width, height)
	}
	fmt.Fprintf(v.Out, "%s %q %s %s\n", v.Session.Me().Email, v.Command, size, strings.Join(v.Environ, " "))
	if strings.HasPrefix(v.Command, "panic") {
		panic("emps_ must not be seen")
	}
	return len(v.Command)
}

// stay waits for the end, and says why it came.
func stay(ctx context.Context, v Visit) int {
	fmt.Fprintln(v.Out, "here")
	<-ctx.Done()
	fmt.Fprintln(v.Out, model.Sentence(context.Cause(ctx)))
	return 130
}
