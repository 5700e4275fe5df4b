package server

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
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

// door is an SSH server of a team, where visits are carried out by the test.
type door struct {
	*team
	address string
	host    ssh.Signer
	stop    func() error // ends the server, and returns what it says

	mu     sync.Mutex
	logged []string
	visits []*Visit
	visit  func(ctx context.Context, v *Visit) int
}

func newDoor(t *testing.T, m sshMost) *door {
	t.Helper()
	d := &door{team: newTeam(t), host: hostSigner(t)}
	d.visit = func(_ context.Context, v *Visit) int {
		_, _ = fmt.Fprintf(v.Out, "%s: %s\n", v.Session.Me().Email, v.Line)
		return 0
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.address = l.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- serveSSH(ctx, l, SSHOptions{HostKey: d.host, Service: d.service, Visit: d.visited, Log: d.log}, m)
	}()
	d.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *door) visited(ctx context.Context, v *Visit) int {
	d.mu.Lock()
	d.visits = append(d.visits, v)
	visit := d.visit
	d.mu.Unlock()
	return visit(ctx, v)
}

func (d *door) log(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.logged = append(d.logged, line)
}

func hostSigner(t testing.TB) ssh.Signer {
	t.Helper()
	text, err := NewHostKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseHostKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signerOf(t testing.TB, key crypto.Signer) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSigner(t testing.TB) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signerOf(t, key)
}

func rsaSigner(t testing.TB, bits int) ssh.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return signerOf(t, key)
}

// keyOf gives a member a new SSH key.
func (d *door) keyOf(member string) ssh.Signer {
	d.Helper()
	s := newSigner(d)
	if _, err := d.ada.AddSSHKey(d.Context(), member, string(ssh.MarshalAuthorizedKey(s.PublicKey())), "laptop"); err != nil {
		d.Fatal(err)
	}
	return s
}

// dial connects with a key, under a name that does not count.
func (d *door) dial(signers ...ssh.Signer) (*ssh.Client, error) {
	return d.dialWith(&ssh.ClientConfig{Auth: []ssh.AuthMethod{ssh.PublicKeys(signers...)}})
}

func (d *door) dialWith(c *ssh.ClientConfig) (*ssh.Client, error) {
	c.User = "nobody\x1b[2J"
	c.HostKeyCallback = ssh.FixedHostKey(d.host.PublicKey())
	c.Timeout = 10 * time.Second
	client, err := ssh.Dial("tcp", d.address, c)
	if err == nil {
		d.Cleanup(func() { _ = client.Close() })
	}
	return client, err
}

func (d *door) known(s ssh.Signer) *ssh.Client {
	d.Helper()
	c, err := d.dial(s)
	if err != nil {
		d.Fatal(err)
	}
	return c
}

// run has a command carried out, and returns what it says and its exit code.
func run(c *ssh.Client, line string) (out, errs string, code int, err error) {
	s, err := c.NewSession()
	if err != nil {
		return "", "", 0, err
	}
	defer s.Close()
	var o, e strings.Builder
	s.Stdout, s.Stderr = &o, &e
	err = s.Run(line)
	if exit := new(ssh.ExitError); errors.As(err, &exit) {
		code, err = exit.ExitStatus(), nil
	}
	return o.String(), e.String(), code, err
}

// wantRun has a command carried out by somebody who must be able to.
func (d *door) wantRun(c *ssh.Client, line, want string) {
	d.Helper()
	if out, errs, code, err := run(c, line); err != nil || code != 0 || out != want {
		d.Errorf("%q: %q, %q, exit code %d, %v; want %q", line, out, errs, code, err, want)
	}
}

// soon waits for something that takes a moment.
func soon(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within twenty seconds: %s", what)
		}
	}
}

// begins has a visit wait until its context ends, and tells when it has begun.
func (d *door) begins() (begun chan *Visit, ended chan error) {
	begun, ended = make(chan *Visit, 10), make(chan error, 10)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.visit = func(ctx context.Context, v *Visit) int {
		begun <- v
		<-ctx.Done()
		ended <- context.Cause(ctx)
		fmt.Fprintln(v.Err, model.Sentence(context.Cause(ctx)))
		return 1
	}
	return begun, ended
}

// at waits for a value of a channel.
func at[T any](t testing.TB, what string, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(20 * time.Second):
		t.Fatalf("not within twenty seconds: %s", what)
	}
	return v
}

// shell opens a session and asks for the interface, on a terminal unless width
// is 0.
func shell(t testing.TB, c *ssh.Client, width, height int) (*ssh.Session, *strings.Builder, io.WriteCloser) {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	s.Stderr = &said
	in, err := s.StdinPipe()
	if err == nil && width > 0 {
		err = s.RequestPty("xterm-256color", height, width, nil)
	}
	if err == nil {
		err = s.Shell()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, &said, in
}
