package server

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// request sends a request of a session, with or without a payload, and returns
// whether it was granted.
func request(t testing.TB, s *ssh.Session, kind string, payload any) bool {
	t.Helper()
	var ok bool
	var raw []byte
	if payload != nil {
		raw = ssh.Marshal(payload)
	}
	if err := within(t, func() (err error) { ok, err = s.SendRequest(kind, true, raw); return err }); err != nil {
		t.Fatal(err)
	}
	return ok
}

type (
	window   struct{ Width, Height, WidthPixels, HeightPixels uint32 }
	variable struct{ Name, Value string }
	asksPTY  struct {
		Term                                     string
		Width, Height, WidthPixels, HeightPixels uint32
		Modes                                    string
	}
)

// Nothing is forwarded, and there is no agent, no X11 and no subsystem.
func TestSSHForwardsNothing(t *testing.T) {
	h := newHouse(t, usual, report)
	c := h.dial()
	for _, kind := range []string{"direct-tcpip", "direct-streamlocal@openssh.com", "x11", "auth-agent@openssh.com", "tun@openssh.com", "nonsense"} {
		_, _, err := c.OpenChannel(kind, nil)
		if refused, ok := err.(*ssh.OpenChannelError); !ok || refused.Reason != ssh.Prohibited {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, kind := range []string{"tcpip-forward", "streamlocal-forward@openssh.com", "no-more-sessions@openssh.com"} {
		if ok, _, err := c.SendRequest(kind, true, nil); ok || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"subsystem", "x11-req", "auth-agent-req@openssh.com", "break", "nonsense", "window-change", "signal"} {
		if request(t, s, kind, variable{"sftp", ""}) {
			t.Errorf("%s is granted", kind)
		}
	}
	if out, err := s.Output("still there"); err != nil && !strings.Contains(string(out), `"still there"`) {
		t.Errorf("%q, %v", out, err)
	}
}

// What a client says of its terminal is bounded, and what no screen looks at is
// not taken.
func TestSSHTerminal(t *testing.T) {
	h := newHouse(t, tight, report)
	c := h.dial()
	for _, k := range []struct {
		asked asksPTY
		want  string // "" for a refusal
	}{
		{asksPTY{Term: "xterm", Width: 120, Height: 40}, "120x40 TERM=xterm"}, {asksPTY{Term: "xterm", Width: 1 << 31, Height: 1 << 31}, "300x100 TERM=xterm"},
		{asksPTY{Term: "", Width: 0, Height: 50}, "80x24 TERM="}, {asksPTY{Term: "x\x1b[2J", Width: 80, Height: 24}, ""}, {asksPTY{Term: "./../../../../../../dev/zero", Width: 80, Height: 24}, ""}, {asksPTY{Term: "..", Width: 80, Height: 24}, ""}, {asksPTY{Term: strings.Repeat("x", 65), Width: 80, Height: 24}, ""},
	} {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if ok := request(t, s, "pty-req", k.asked); ok != (k.want != "") {
			t.Errorf("%+v: %v", k.asked, ok)
		}
		if k.want != "" {
			if out, _ := s.Output("keys"); !strings.HasSuffix(strings.TrimSpace(string(out)), k.want) {
				t.Errorf("%+v: %q", k.asked, out)
			}
		}
		_ = s.Close()
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		variable
		taken bool
	}{
		{variable{"LANG", "de_DE.UTF-8"}, true}, {variable{"NO_COLOR", "1"}, true}, {variable{"PATH", "/tmp"}, false}, {variable{"EMPRESS_DB", "/tmp/x"}, false}, {variable{"LD_PRELOAD", "x"}, false},
		{variable{"TMUX", "/tmp/x,1,0"}, false}, {variable{"XDG_DATA_HOME", "/tmp"}, false}, {variable{"LC_ALL", strings.Repeat("x", 257)}, false}, {variable{"LC_ALL", "\x1b[2J"}, false},
		{variable{"LC_ALL", "C"}, true}, {variable{"LC_TIME", "C"}, true}, {variable{"LC_CTYPE", "C"}, false}, // one too many
	} {
		if request(t, s, "env", v.variable) != v.taken {
			t.Errorf("%s=%.20q: taken is not %v", v.Name, v.Value, v.taken)
		}
	}
	if out, _ := s.Output("keys"); !strings.HasSuffix(string(out), "no terminal LANG=de_DE.UTF-8 NO_COLOR=1 LC_ALL=C LC_TIME=C\n") {
		t.Errorf("%q", out)
	}
}

// Any number of changes of the size, before and after a session begins, hold up
// neither it nor another, and the last one counts.
func TestSSHResizeStorm(t *testing.T) {
	begun, sized := make(chan struct{}), make(chan string, 1)
	h := newHouse(t, usual, func(ctx context.Context, v Visit) int {
		if v.Terminal == nil {
			return report(ctx, v)
		}
		close(begun)
		for {
			select {
			case <-ctx.Done():
				return 1
			case <-v.Terminal.Resized():
				if width, height := v.Terminal.Size(); width == 77 {
					sized <- fmt.Sprint(width, height)
				}
			}
		}
	})
	c := h.dial()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	request(t, s, "pty-req", asksPTY{Term: "xterm", Width: 80, Height: 24})
	storm := func(n int) {
		for i := range n {
			if _, err := s.SendRequest("window-change", false, ssh.Marshal(window{Width: uint32(100 + i%50), Height: 24})); err != nil {
				t.Fatal(err)
			}
		}
	}
	storm(30)
	request(t, s, "shell", nil)
	<-begun
	storm(some(1000, 20_000))
	if _, err := s.SendRequest("window-change", false, ssh.Marshal(window{Width: 77, Height: 33})); err != nil {
		t.Fatal(err)
	}
	if got := <-sized; got != "77 33" {
		t.Errorf("the size is %s", got)
	}
	if out, _, exit := run(t, c, "keys"); exit != 4 || !strings.Contains(out, `"keys"`) {
		t.Errorf("the other session: %q, exit code %d", out, exit)
	}
}

// some is sized, but never nothing.
func some(quick, full int) int { return max(10, sized(quick, full)) }

// halting is a client's connection that at some time begins to drip.
type halting struct {
	net.Conn
	drips atomic.Bool
}

func (c *halting) Write(p []byte) (int, error) {
	if !c.drips.Load() {
		return c.Conn.Write(p)
	}
	drip(c.Conn, string(p[:len(p)-1])) // and never the end
	return len(p), nil
}

// A member whose bytes make no message any more is left, and one who looks at
// a screen in silence is not, nor costs a byte.
func TestSSHDrip(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tight, stay)
	quiet, _ := h.enter()
	conn, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	slow := &halting{Conn: conn}
	c, channels, requests, err := ssh.NewClientConn(slow, h.address, h.config("ada", h.ada))
	if err != nil {
		t.Fatal(err)
	}
	client := ssh.NewClient(c, channels, requests)
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	input, err := s.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start("stay"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * tight.answer) // what was asked is answered
	slow.drips.Store(true)
	go func() { _, _ = input.Write(make([]byte, 4000)) }()
	_ = within(t, client.Wait)
	if _, err := quiet.SendRequest("nonsense", true, nil); err != nil {
		t.Errorf("the quiet one is gone: %v", err)
	}
}

// A fault in one session ends that session alone, and says nothing of what was
// in it.
func TestSSHPanic(t *testing.T) {
	h := newHouse(t, usual, report)
	c := h.dial()
	for range 3 {
		if out, said, exit := run(t, c, "panic"); exit != 1 || strings.Contains(out+said, "emps_") {
			t.Errorf("%q, %q, exit code %d", out, said, exit)
		}
	}
	if _, _, exit := run(t, c, "keys"); exit != 4 {
		t.Errorf("the next one: exit code %d", exit)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.lines) != 1 || strings.Contains(h.lines[0], "emps_") {
		t.Errorf("the log has %q", h.lines)
	}
}

// Garbage at any place disturbs no session, and leaves nothing behind.
func TestSSHGarbage(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	b := usual
	b.strangersSource, b.handshake = b.strangers, 2*time.Second
	h := newHouse(t, b, stay)
	s, _ := h.enter()
	random := rand.New(rand.NewPCG(seed, 0))
	before := runtime.NumGoroutine()
	garbage := make([]byte, 4096)
	for i := range some(1000, 20_000) {
		conn, err := net.Dial("tcp", h.address)
		if err != nil {
			t.Fatal(err)
		}
		for j := range garbage {
			garbage[j] = byte(random.Uint32())
		}
		if i%2 == 0 {
			_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.2\r\n")
		}
		_, _ = conn.Write(garbage[:random.IntN(len(garbage))])
		_ = conn.Close()
	}
	if request(t, s, "nonsense", nil) {
		t.Error("nonsense is granted")
	}
	for deadline := time.Now().Add(2 * soon); runtime.NumGoroutine() > before+8; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
		}
	}
}
