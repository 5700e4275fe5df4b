package cli_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// with is a home with more in its environment.
func (h home) with(environ ...string) home {
	h.environ = append(append([]string{}, h.environ...), environ...)
	return h
}

// TestHandedOver runs the program as sshd does: as a login shell, and as a
// forced command.
func TestHandedOver(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	forms := map[string]func(line string) (string, int){
		"login shell":    func(line string) (string, int) { return h.run("", "-c", line) },
		"forced command": func(line string) (string, int) { return h.with("SSH_ORIGINAL_COMMAND=" + line).run("") },
	}
	for name, form := range forms {
		for _, c := range handed {
			c.check(t, name, form)
		}
		path := filepath.Join(h.dir, strings.Fields(name)[0])
		for _, line := range []string{"keys create --application '" + name + "' --secret-out " + path, "backup " + path} {
			if out, code := form(line); code != 4 || !strings.Contains(out, "server") {
				t.Errorf("%s: %s: exit code %d: %s", name, line, code, out)
			}
		}
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s: a file was written", name)
		}
	}
	for _, args := range [][]string{{"-c"}, {"-c", "keys list", "x"}, {"keys", "-c", "list"}} {
		if out, code := h.with("SSH_ORIGINAL_COMMAND=keys list").run("", args...); code != 2 || !strings.Contains(out, "There is no flag -c here.") {
			t.Errorf("%q: exit code %d: %s", args, code, out)
		}
	}
	if out, code := h.with("SSH_ORIGINAL_COMMAND=").run(""); code != 2 || !strings.Contains(out, "needs a terminal") {
		t.Errorf("without a terminal: exit code %d: %s", code, out)
	}
	h.with("SSH_ORIGINAL_COMMAND=").open().see("Dashboard")
	h.open("-c", "empress").see("Dashboard")
}

// handedLine is a command line as somebody may hand it over, and what comes of
// it.
type handedLine struct {
	line string
	code int
	says string
}

// handed are such lines. None of them may reach a shell, which would say what
// this is: more digits than a time of day has.
var handed = []handedLine{
	{"members show ada@example.com", 0, "Ada Lovelace"},
	{"empress members show 'ada@example.com' --json", 0, `"Ada Lovelace"`},
	{"keys list --json 'bill", 2, `"code":"usage"`},
	{"version; echo $((1234567*8))", 2, `The sign ";" is for shells`},
	{"$(echo $((1234567*8)))", 2, "for shells"},
	{"version\necho $((1234567*8))", 2, "one line"},
	{`sh -c 'echo $((1234567*8))'`, 2, "There is no"},
	{"/bin/sh", 2, "There is no command"},
	{"/usr/lib/openssh/sftp-server", 2, "There is no command"},
}

func (c handedLine) check(t *testing.T, how string, run func(line string) (string, int)) {
	t.Helper()
	out, code := run(c.line)
	if code != c.code || !strings.Contains(out, c.says) || strings.Contains(out, "9876536") {
		t.Errorf("%s: %q: exit code %d: %s", how, c.line, code, out)
	}
}

// TestForcedCommand is the forced command of an account of OpenSSH's server, as
// the README has it.
func TestForcedCommand(t *testing.T) {
	t.Parallel()
	client := newSSHD(t, newTeam(t))
	for _, c := range handed {
		c.check(t, "sshd", func(line string) (string, int) { return runOver(t, client, line, "") })
	}
	made, code := runOver(t, client, "keys create --application billing", "")
	key, secret := keyOnScreen.FindString(made), secretOnScreen.FindString(made)
	if code != 0 || key == "" || secret == "" {
		t.Fatalf("create: exit code %d: %s", code, made)
	}
	if out, code := runOver(t, client, "verify --application billing", key+":"+secret+"\n"); code != 0 || !strings.HasPrefix(out, "allowed: billing") {
		t.Errorf("verify: exit code %d: %s", code, out)
	}
	if _, err := client.Dial("tcp", "127.0.0.1:9"); err == nil || !strings.Contains(err.Error(), "prohibited") {
		t.Errorf("a forwarding was not refused: %v", err)
	}
	interfaceOver(t, client)
}

// interfaceOver looks whether a terminal without a command shows the screens.
func interfaceOver(t *testing.T, client *ssh.Client) {
	t.Helper()
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.StdoutPipe()
	if err == nil {
		err = s.RequestPty("xterm-256color", 24, 80, ssh.TerminalModes{})
	}
	if err == nil {
		err = s.Shell()
	}
	if err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(patience, func() { _ = s.Close() })
	defer limit.Stop()
	var seen []byte
	for buf := make([]byte, 1<<16); !bytes.Contains(seen, []byte("Dashboard")); {
		n, err := out.Read(buf)
		seen = append(seen, buf[:n]...)
		if err != nil {
			t.Fatalf("the interface did not open: %v: %q", err, seen)
		}
	}
}

// runOver runs a command line over SSH, without a terminal.
func runOver(t *testing.T, client *ssh.Client, line, input string) (output string, code int) {
	t.Helper()
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Stdin = strings.NewReader(input)
	out, err := s.CombinedOutput(line)
	if exit, ok := errors.AsType[*ssh.ExitError](err); ok {
		return string(out), exit.ExitStatus()
	}
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return string(out), 0
}

// newSSHD connects to an sshd of its own that forces the program on everybody,
// with the data of h.
func newSSHD(t *testing.T, h home) *ssh.Client {
	t.Helper()
	const sshd = "/usr/sbin/sshd" // which is in few people's PATH, and wants its whole path
	need(t, sshd)
	separation(t)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	host, mine := h.sshKey("host"), h.sshKey("mine")
	h.keep("authorized", ssh.MarshalAuthorizedKey(mine.PublicKey()))
	h.configureSSHD(me.Username)
	cmd := exec.Command(sshd, "-i", "-e", "-f", filepath.Join(h.dir, "sshd_config"))
	conn, err := net.Dial("tcp", inetd(t, cmd))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(4 * patience))
	c, channels, requests, err := ssh.NewClientConn(conn, "127.0.0.1", &ssh.ClientConfig{
		User: me.Username, Auth: []ssh.AuthMethod{ssh.PublicKeys(mine)}, HostKeyCallback: ssh.FixedHostKey(host.PublicKey()),
	})
	if err != nil {
		_ = conn.Close()
		t.Fatal(err)
	}
	client := ssh.NewClient(c, channels, requests)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// configureSSHD writes what sshd is configured with.
func (h home) configureSSHD(account string) {
	h.t.Helper()
	program, err := exec.LookPath("empress")
	if err != nil {
		h.t.Fatal(err)
	}
	h.keep("sshd_config", []byte(strings.Join([]string{
		"HostKey " + filepath.Join(h.dir, "host"), "AuthorizedKeysFile " + filepath.Join(h.dir, "authorized"), "PidFile none",
		"UsePAM no", "StrictModes no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
		"SetEnv EMPRESS_DB=" + filepath.Join(h.dir, "data", "empress", "empress.db"),
		"Match User " + account, "ForceCommand " + program, "DisableForwarding yes", "PermitUserRC no", "",
	}, "\n")))
}

// inetd starts a program for the first connection to the address that it
// returns, with the connection as its standard input and output.
func inetd(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	var said bytes.Buffer
	go func() {
		conn, err := l.Accept()
		_ = l.Close()
		if err == nil {
			var f *os.File
			if f, err = conn.(*net.TCPConn).File(); err == nil {
				_ = conn.Close()
				cmd.Stdin, cmd.Stdout, cmd.Stderr = f, f, &said
				cmd.WaitDelay = patience
				err = cmd.Start()
				_ = f.Close()
			}
		}
		if err == nil {
			err = cmd.Wait()
		}
		done <- err
	}()
	t.Cleanup(func() {
		_ = l.Close()
		err := <-done
		if t.Failed() {
			t.Logf("sshd: %v: %s", err, &said)
		}
	})
	return l.Addr().String()
}

// separation makes the directory that sshd wants when root starts it, which is
// made on a machine that serves SSH.
func separation(t *testing.T) {
	t.Helper()
	const dir = "/run/sshd"
	if os.Geteuid() != 0 {
		return
	}
	switch err := os.Mkdir(dir, 0o755); {
	case err == nil:
		t.Cleanup(func() { _ = os.Remove(dir) })
	case !errors.Is(err, fs.ErrExist):
		t.Fatal(err)
	}
}

// sshKey makes a key, and a file in the home that holds its private half.
func (h home) sshKey(name string) ssh.Signer {
	h.t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		h.t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, name)
	if err != nil {
		h.t.Fatal(err)
	}
	h.keep(name, pem.EncodeToMemory(block))
	return signer
}

// keep writes a file in the home, for its owner alone.
func (h home) keep(name string, content []byte) {
	h.t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), content, 0o600); err != nil {
		h.t.Fatal(err)
	}
}
