package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
)

const (
	openSessions = 100
	othersTyping = 20
	framesTimed  = 20
	keysTimed    = 60
	idleWatched  = 10 * time.Second
)

// sshServer is the program as it serves over SSH.
type sshServer struct {
	cmd     *exec.Cmd
	address string
	member  ssh.Signer // by which Ada is known
}

var sshAddress = regexp.MustCompile(`ssh://([^,]+),`)

// overSSH measures the SSH server with clients in this process.
func overSSH(ctx context.Context, p programs) (figures []figure, err error) {
	s, err := startSSH(ctx, p)
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait()
	}()
	for _, measure := range []func() ([]figure, error){s.firstFrame, s.sessions, s.hostile} {
		found, err := measure()
		if err != nil {
			return figures, err
		}
		figures = append(figures, found...)
	}
	return figures, nil
}

func startSSH(ctx context.Context, p programs) (*sshServer, error) {
	s := &sshServer{cmd: exec.CommandContext(ctx, p.empress, "serve", "--http", "", "--ssh", "127.0.0.1:0")}
	var err error
	if s.member, err = newSigner(); err != nil {
		return nil, err
	}
	add := exec.CommandContext(ctx, p.empress, "members", "ssh-key", "add", "ada@example.com", string(ssh.MarshalAuthorizedKey(s.member.PublicKey())))
	if out, err := add.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", add.Args, err, out)
	}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(stderr)
	lines.Scan()
	found := sshAddress.FindStringSubmatch(lines.Text())
	if found == nil {
		return nil, fmt.Errorf("the server said %q", lines.Text())
	}
	s.address = found[1]
	go func() {
		for lines.Scan() {
			progress("the server: %s", lines.Text())
		}
	}()
	return s, nil
}

func newSigner() (ssh.Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return ssh.NewSignerFromKey(private)
}

func (s *sshServer) dial(key ssh.Signer) (*ssh.Client, error) {
	return ssh.Dial("tcp", s.address, &ssh.ClientConfig{User: "bench", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second})
}

// firstFrame times the screens against the shortest command, each with a
// connection of its own.
func (s *sshServer) firstFrame() ([]figure, error) {
	progress("the first frame over SSH")
	var frames, versions []float64
	for range framesTimed {
		began := time.Now()
		c, err := s.dial(s.member)
		if err != nil {
			return nil, err
		}
		x, err := openScreen(c, "")
		if err != nil {
			return nil, err
		}
		if !x.await("Dashboard", 10*time.Second) {
			return nil, fmt.Errorf("no first frame came")
		}
		frames = append(frames, milliseconds(time.Since(began)))
		_ = c.Close()
		began = time.Now()
		if c, err = s.dial(s.member); err != nil {
			return nil, err
		}
		command, err := c.NewSession()
		if err != nil {
			return nil, err
		}
		if _, err := command.Output("version"); err != nil {
			return nil, err
		}
		versions = append(versions, milliseconds(time.Since(began)))
		_ = c.Close()
	}
	f, v := median(frames), median(versions)
	return []figure{{name: "first frame over SSH, less `version` over SSH", measured: f - v, limit: 60, unit: "ms", detail: fmt.Sprintf("%.1f ms less %.1f ms", f, v)}}, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// sessions measures many people at once, at rest and at the keys.
func (s *sshServer) sessions() ([]figure, error) {
	progress("%d sessions at rest", openSessions)
	before := s.resident()
	var all []*screen
	for range openSessions {
		c, err := s.dial(s.member)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		x, err := openScreen(c, "--at keys")
		if err != nil {
			return nil, err
		}
		if !x.await("API Access", 10*time.Second) {
			return nil, fmt.Errorf("a session shows nothing")
		}
		all = append(all, x)
	}
	time.Sleep(15 * time.Second) // until every client has shown that it answers
	resident := (s.resident() - before) / openSessions
	from, spent := written(all), s.processor()
	time.Sleep(idleWatched)
	bytes, spent := float64(written(all)-from), s.processor()-spent
	figures := []figure{
		{name: "memory of one of 100 sessions", measured: resident, limit: 6, unit: "MB"},
		{name: "bytes that 100 idle sessions are sent", measured: bytes / idleWatched.Seconds(), limit: 0, unit: "B/s"},
		{name: "processor of one idle session", measured: 100 * spent / idleWatched.Seconds() / openSessions, limit: 0.2, unit: "% of a core"},
	}
	progress("%d sessions at the keys", othersTyping)
	stop := make(chan struct{})
	defer close(stop)
	for i, x := range all[1 : othersTyping+1] {
		go x.typeAway(stop, time.Duration(i)*7*time.Millisecond)
	}
	x := all[0]
	var took, sizes []float64
	for i := range keysTimed {
		from, began := x.count(), time.Now()
		x.press("jjjjjkkkkk"[i%10 : i%10+1])
		at, ok := x.since(from)
		if !ok {
			return nil, fmt.Errorf("a key changed nothing")
		}
		took = append(took, milliseconds(at.Sub(began)))
		time.Sleep(30 * time.Millisecond)
		sizes = append(sizes, float64(x.count()-from))
	}
	return append(figures,
		figure{name: "key to screen while 20 others press keys, median", measured: median(took), limit: 30, unit: "ms"},
		figure{name: "bytes of a move of the cursor over SSH, median", measured: median(sizes), limit: 250, unit: "B"}), nil
}

// hostile sends a thousand connections of each kind, and looks at what they
// leave.
func (s *sshServer) hostile() (figures []figure, err error) {
	stranger, err := newSigner()
	if err != nil {
		return nil, err
	}
	raw := func(talk func(net.Conn)) func() {
		return func() {
			c, err := net.DialTimeout("tcp", s.address, 5*time.Second)
			if err != nil {
				return
			}
			talk(c)
			_ = c.Close()
		}
	}
	junk := make([]byte, 8192)
	_, _ = rand.Read(junk)
	for _, k := range []struct {
		name string
		once func()
	}{
		{"nothing", raw(func(net.Conn) {})},
		{"garbage", raw(func(c net.Conn) { _, _ = c.Write(junk) })},
		{"garbage after a greeting", raw(func(c net.Conn) { _, _ = c.Write(append([]byte("SSH-2.0-x\r\n"), junk...)) })},
		{"keys of strangers", func() {
			if c, err := s.dial(stranger); err == nil {
				_ = c.Close()
			}
		}},
		{"sessions that vanish", func() {
			if c, err := s.dial(s.member); err == nil {
				_, _ = openScreen(c, "")
				_ = c.Close()
			}
		}},
	} {
		progress("1,000 connections with %s", k.name)
		for range 200 { // what is made once
			k.once()
		}
		time.Sleep(2 * time.Second)
		before := s.resident()
		for range 1000 {
			k.once()
		}
		time.Sleep(2 * time.Second)
		figures = append(figures, figure{name: "memory left by 1,000 connections with " + k.name, measured: s.resident() - before, limit: 10, unit: "MB"})
	}
	return figures, nil
}

// resident is how much memory the server holds, in megabytes.
func (s *sshServer) resident() float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kib, _ := strconv.ParseFloat(f[1], 64)
			return kib * 1024 / megabyte
		}
	}
	return 0
}

// processor is how long the server has computed, in seconds.
func (s *sshServer) processor() float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, after, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(after)
	if len(f) < 13 {
		return 0
	}
	const tick = 100 // a second, as Linux tells it
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / tick
}
