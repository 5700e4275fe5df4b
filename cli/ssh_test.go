package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// reachable is a team with an SSH server, and what people have to come by it.
type reachable struct {
	home
	serve *exec.Cmd
	said  *bytes.Buffer // by the server
	port  string
	key   string // the private key of Ada
}

var listeningSSH = regexp.MustCompile(`^Listening on ssh://127\.0\.0\.1:(\d+), `)

func serveSSH(t *testing.T, environ ...string) *reachable {
	t.Helper()
	need(t, "ssh", "ssh-keygen")
	r := &reachable{home: newTeam(t, environ...), said: &bytes.Buffer{}}
	r.key = r.newKeyPair("ada")
	r.must("", "members", "ssh-key", "add", "ada@example.com", r.key+".pub")
	r.serve = r.command("serve", "--http", "", "--ssh", "127.0.0.1:0")
	stderr, err := r.serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.serve.Process.Kill(); _ = r.serve.Wait() })
	lines := bufio.NewReader(stderr)
	first, _ := lines.ReadString('\n')
	found := listeningSSH.FindStringSubmatch(first)
	if found == nil {
		t.Fatalf("the server said %q", first)
	}
	r.port = found[1]
	second, _ := lines.ReadString('\n')
	if out, err := exec.Command("ssh-keygen", "-lf", filepath.Join(r.dir, "data/empress/empress.db.hostkey")).Output(); err != nil || !strings.Contains(string(out), strings.TrimPrefix(strings.TrimSpace(second), "The SSH host key is ")) {
		t.Errorf("the server said %q, and ssh-keygen %q, %v", second, out, err)
	}
	go func() { _, _ = r.said.ReadFrom(lines) }()
	return r
}

// newKeyPair makes an SSH key for somebody.
func (h home) newKeyPair(name string) string {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path).CombinedOutput(); err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
	return path
}

// join makes a member who is known by a key alone.
func (r *reachable) join(name, role string) (key string) {
	r.t.Helper()
	key = r.newKeyPair(name)
	r.must("", "members", "add", "--name", name, "--email", name+"@example.com", "--role", role)
	r.must("", "members", "ssh-key", "add", name+"@example.com", key+".pub")
	return key
}

// ssh is a client of somebody else's computer.
func (r *reachable) ssh(key string, args ...string) *exec.Cmd {
	cmd := exec.Command("ssh", append([]string{"-F", "none", "-p", r.port, "-i", key, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "SendEnv=LANG"}, args...)...)
	cmd.Dir, cmd.Env = r.dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "TERM=xterm-256color", "LANG=C.UTF-8"}
	return cmd
}

// over runs a command over SSH.
func (r *reachable) over(key, input string, args ...string) (out, said string, code int) {
	r.t.Helper()
	cmd := r.ssh(key, append([]string{"someone@127.0.0.1", "--"}, args...)...)
	var o, e bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &o, &e
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		r.t.Fatal(err)
	}
	return o.String(), e.String(), code
}

// TestSSHCommands runs commands as scripts of other computers do.
func TestSSHCommands(t *testing.T) {
	t.Parallel()
	r := serveSSH(t)
	out, said, code := r.over(r.key, "", "keys create --application 'edge cache' --rate 1/day --json")
	key, secret := keyOnScreen.FindString(out), secretOnScreen.FindString(out)
	if code != 0 || said != "" || secret == "" || !strings.Contains(out, `"application":"edge cache"`) {
		t.Fatalf("create: %q, %q, exit code %d", out, said, code)
	}
	r.verify(key, secret, 0)
	for _, c := range []struct {
		input, line string
		code        int
		says        string
	}{
		{"", "keys list --json", 0, `"application":"edge cache"`}, {key + ":" + secret + "\n", "verify", 0, "allowed: edge cache"}, {key + ":" + secret + "\n", "verify", 0, "allowed: edge cache"}, {key + ":nonsense\n", "verify", 4, "denied"},
		{"", "keys show empk_00000000000000000000", 3, "no key"}, {"", "keys list --nonsense", 2, "no flag"}, {"", "keys revoke " + key, 2, "needs --yes"}, {"", "", 2, "With ssh -t it is a terminal"},
		{"ssh-ed25519 AAAA\n", "members ssh-key add ada@example.com -", 2, "not an SSH public key"}, {"", "members ssh-key add ada@example.com /etc/passwd", 4, "Give the key itself"},
		{"", "backup copy", 4, "run on the server"}, {"", "restore copy --yes", 4, "run on the server"}, {"", "serve", 4, "run on the server"}, {"", "sealing-key new", 4, "run on the server"}, {"", "init --team x", 4, "run on the server"},
		{"", "doctor", 4, "run on the server"}, {"", "members recover ada", 4, "run on the server"}, {"", "migrate", 4, "run on the server"}, {"", "keys list --db /tmp/x", 2, "no flag --db"},
		{"", "keys regenerate " + key + " --secret-out s", 4, "> FILE"}, {"", "audit export --out x", 4, "> FILE"}, {"", "audit verify --checkpoint @/etc/passwd", 2, "heckpoint"},
		{"", "keys list; id", 2, "is for shells"}, {"", "empress keys list --json", 0, `"application":"edge cache"`}, {"", "keys list --json 'bill", 2, `"code":"usage"`}, {"", "sh", 2, "no command"}, {"", "completion bash", 0, "empress"}, {"", "man", 0, "empress"}, {"", "--help", 0, "empress keys"}, {"", "version", 0, "empress"},
	} {
		out, said, code := r.over(r.key, c.input, c.line)
		if code != c.code || !strings.Contains(out+said, c.says) || strings.Contains(out+said, "root:x:") {
			t.Errorf("%s: exit code %d, want %d: %q, %q", c.line, code, c.code, out, said)
		}
	}
	if out := r.must("", "audit", "list", "--json"); !strings.Contains(out, "ada asked for keys list over SSH") || !strings.Contains(out, `"via":"ssh","from":"127.0.0.1"`) {
		t.Errorf("the trail is %s", out)
	}
	kim := r.join("kim", "Member")
	if out, said, code := r.over(kim, "", "keys create --application mine"); code != 4 || out != "" || !strings.Contains(said, "may not") {
		t.Errorf("kim: %q, %q, exit code %d", out, said, code)
	}
	r.must("", "members", "suspend", "kim@example.com")
	if _, said, code := r.over(kim, "", "keys list"); code != 4 || !strings.HasPrefix(said, "Your membership of team Acme is suspended.") {
		t.Errorf("suspended: %q, exit code %d", said, code)
	}
	r.must("", "audit", "verify")
}

// coloured matches what sets a colour of the text, a dark or a bright one.
var coloured = regexp.MustCompile(`\x1b\[([0-9]+;)*(3[0-8]|9[0-7])(;[0-9]+)*m`)

// TestSSHScreens walks to a key over SSH, copies its secret, and loses the
// connection to the next one.
func TestSSHScreens(t *testing.T) {
	t.Parallel()
	r := serveSSH(t, "DISPLAY=:77", "TMUX=/tmp/none,1,0", "NO_COLOR=1") // of the server, and nobody else's business
	w := setting{80, 24, true}.open(t, r.ssh(r.key, "-t", "someone@127.0.0.1"))
	w.see("Dashboard", "ada (Administrator)", "ssh")
	w.receives(0, coloured) // the NO_COLOR of the server is not theirs
	w.press("2")
	w.see("API Access")
	w.size(40, 12)
	w.see("API Access")
	w.size(100, 30)
	w.see("Create New API Key")
	key, secret := w.createKey("billing")
	from := w.written()
	w.insist(enter, "sent to your terminal's clipboard")
	w.receives(from, regexp.MustCompile(`\x1b\]52;c;`))
	r.canary(w, secret)
	w.mask(secret)
	r.verify(key, secret, 0)
	w.press("n")
	w.see("Create New API Key")
	w.press("lost" + lastField + enter)
	lost, _ := w.seeSecret(secret)
	if err := w.cmd.Process.Kill(); err != nil { // the connection, with the secret open
		t.Fatal(err)
	}
	out := r.must("", "keys", "show", lost)
	if !strings.Contains(out, "not confirmed") {
		t.Errorf("the key that was lost: %s", out)
	}
	if out := r.must("", "keys", "show", key); strings.Contains(out, "not confirmed") {
		t.Errorf("the key that was stored: %s", out)
	}
	r.must("", "keys", "regenerate", lost)
}

// TestSSHSideBySide holds two people in the screens at once: each has a look of
// their own, and sees within a moment what the other does.
func TestSSHSideBySide(t *testing.T) {
	t.Parallel()
	r := serveSSH(t)
	kim := r.join("kim", "IT Manager")
	bright := setting{80, 24, true}.open(t, r.ssh(r.key, "-t", "someone@127.0.0.1", "--", "--at", "keys"))
	plain := setting{120, 40, false}.open(t, r.ssh(kim, "-t", "-o", "SetEnv=NO_COLOR=1", "someone@127.0.0.1", "--", "--at", "keys"))
	bright.see("API Access", "ada (Administrator)")
	plain.see("API Access", "kim (IT Manager)")
	bright.receives(0, coloured)
	out, _, _ := r.over(r.key, "", "keys", "create", "--application", "billing")
	key := keyOnScreen.FindString(out)
	began := time.Now()
	for _, w := range []*terminal{bright, plain} {
		w.see("billing", "active")
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("seen after %v", took)
	}
	plain.press("G")
	plain.see("> billing")
	plain.press("p")
	plain.see("Suspend billing")
	plain.press(enter)
	bright.see("billing", "suspended")
	if coloured.Match(plain.since(0)) {
		t.Error("there is colour in spite of NO_COLOR")
	}
	r.verify(key, secretOnScreen.FindString(out), 4)

	r.must("", "members", "remove", "kim@example.com", "--yes")
	plain.see("The SSH key that you came with was removed")
	if code := plain.exit(patience); code == 0 {
		t.Error("the client of who was removed ends well")
	}
	if err := r.serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	bright.see("The server is stopping")
	bright.exit(patience)
	if err := r.serve.Wait(); err != nil {
		t.Errorf("the server: %v", err)
	}
}

// TestSSHLines asks and answers in whole lines, for who cannot see a screen.
func TestSSHLines(t *testing.T) {
	t.Parallel()
	r := serveSSH(t)
	out, _, _ := r.over(r.key, "", "keys", "create", "--application", "billing")
	key := keyOnScreen.FindString(out)
	w := usual.open(t, r.ssh(r.key, "-t", "someone@127.0.0.1", "keys", "revoke", key))
	w.see("Type billing to revoke:")
	w.press("bilk\x7fling" + enter)
	w.see("Type billing to revoke: billing", "revoked")
	if code := w.exit(patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
	w = usual.open(t, r.ssh(r.key, "-t", "someone@127.0.0.1", "verify"))
	w.see("KEY:SECRET (not shown):")
	w.press("hidden\x03")
	if code := w.exit(patience); code != 130 || strings.Contains(w.text(), "hidden") {
		t.Errorf("exit code %d: %s", code, w.text())
	}
	cmd := r.ssh(r.key, "-t", "someone@127.0.0.1")
	cmd.Env = append(cmd.Env, "TERM=dumb")
	w = usual.open(t, cmd)
	w.see("Dashboard")
	w.press("\x04")
	w.exit(patience)
}
