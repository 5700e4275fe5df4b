package cli_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"empress/model"
	"empress/storage"
)

// patience is how long a test waits for what must come. It is far more than
// the program needs: the machine may be slow and busy.
const patience = 30 * time.Second

// home is one person's account: directories of its own and an environment.
type home struct {
	t       *testing.T
	dir     string
	environ []string
}

func newHome(t *testing.T, environ ...string) home {
	t.Helper()
	h := home{t: t, dir: t.TempDir()}
	for _, dir := range []string{"data", "tmp"} {
		if err := os.Mkdir(filepath.Join(h.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.environ = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "XDG_DATA_HOME=" + filepath.Join(h.dir, "data"),
		"TMPDIR=" + filepath.Join(h.dir, "tmp"), "TERM=xterm-256color", "LANG=C.UTF-8",
	}, environ...)
	return h
}

// newTeam is a home with a team in it.
func newTeam(t *testing.T, environ ...string) home {
	t.Helper()
	h := newHome(t, environ...)
	h.must("", "init", "--team", "Acme", "--name", "Ada Lovelace", "--email", "ada@example.com")
	return h
}

func (h home) command(args ...string) *exec.Cmd {
	cmd := exec.Command("empress", args...)
	cmd.Dir, cmd.Env = h.dir, h.environ
	return cmd
}

// run runs a command without a terminal.
func (h home) run(input string, args ...string) (output string, code int) {
	h.t.Helper()
	cmd := h.command(args...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), exit.ExitCode()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return string(out), 0
}

func (h home) must(input string, args ...string) string {
	h.t.Helper()
	out, code := h.run(input, args...)
	if code != 0 {
		h.t.Fatalf("empress %s: exit code %d: %s", strings.Join(args, " "), code, out)
	}
	return out
}

// verify checks that a key and its secret are decided with the exit code.
func (h home) verify(key, secret string, want int) {
	h.t.Helper()
	if out, code := h.run(key+":"+secret+"\n", "verify"); code != want {
		h.t.Errorf("verify: exit code %d, want %d: %s", code, want, out)
	}
}

// fill makes n keys, as a process of its own: its locks are not those of the
// tests.
func (h home) fill(n int) {
	h.t.Helper()
	cmd := exec.Command("fill", strconv.Itoa(n))
	cmd.Env = h.environ
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
}

// fill makes many keys much faster than as many commands could, one for each
// application.
func fill() {
	if err := fillTeam(context.Background(), filepath.Join(os.Getenv("XDG_DATA_HOME"), "empress", "empress.db"), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fillTeam(ctx context.Context, database, count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	store, err := storage.Open(ctx, database)
	if err != nil {
		return err
	}
	defer store.Close()
	seal, err := storage.ReadKeyFile(database + ".key")
	if err != nil {
		return err
	}
	me, err := user.Current()
	if err != nil {
		return err
	}
	session, err := model.NewService(store, seal, time.Now).SignIn(ctx, model.Identity{Login: me.Username, Via: model.ViaCommand})
	for i := 0; i < n && err == nil; i++ {
		_, _, err = session.CreateKey(ctx, model.KeySpec{Application: fmt.Sprintf("application-%03d", i)})
	}
	return err
}

// spellings are the ways in which a file or a stream could hold a secret.
func spellings(secret string) map[string]string {
	s := map[string]string{
		"raw": secret,
		"hex": hex.EncodeToString([]byte(secret)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
	for i, name := range []string{"base64", "base64, one byte on", "base64, two bytes on"} {
		whole := secret[i : len(secret)-(len(secret)-i)%3] // what stands before and after it changes nothing of this
		s[name] = base64.RawStdEncoding.EncodeToString([]byte(whole))
	}
	return s
}

func spelling(text []byte, secret string) string {
	for how, s := range spellings(secret) {
		if bytes.Contains(text, []byte(s)) {
			return how
		}
	}
	return ""
}

// holdsNo checks that no file of the account holds a secret.
func (h home) holdsNo(secret string) {
	h.t.Helper()
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !d.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if how := spelling(content, secret); how != "" {
			h.t.Errorf("%s holds the secret (%s)", path, how)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}

// terminal is a person at a pseudo terminal in which a program runs.
type terminal struct {
	t              *testing.T
	master, slave  *os.File
	cmd            *exec.Cmd
	before         *term.State
	read, finished chan struct{}
	err            error // how the program ended, once finished is closed

	mu     sync.Mutex
	screen *screen
	output []byte // all that came
	last   time.Time
}

// setting is what a terminal is like.
type setting struct {
	width, height int
	answers       bool // it answers what it is asked
}

var usual = setting{width: 100, height: 30}

// open runs a program in a terminal of its own, as its controlling one.
func (s setting) open(t *testing.T, cmd *exec.Cmd) *terminal {
	t.Helper()
	w := &terminal{t: t, cmd: cmd, read: make(chan struct{}), finished: make(chan struct{}), last: time.Now()}
	w.connect()
	var answer func(string)
	if s.answers {
		answer = func(text string) { _, _ = w.master.WriteString(text) }
	}
	w.screen = newScreen(s.width, s.height, answer)
	w.screen.write([]byte("$ empress\r\n"))
	w.size(s.width, s.height)
	var err error
	if w.before, err = term.GetState(int(w.slave.Fd())); err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = w.slave, w.slave, w.slave
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go w.look()
	go func() {
		w.err = cmd.Wait()
		close(w.finished)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-w.finished
		w.close()
	})
	return w
}

// connect makes the pseudo terminal. Its master is reopened, because the
// library leaves it so that a read holds up Close.
func (w *terminal) connect() {
	w.t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		w.t.Fatal("no pseudo terminal can be had:", err)
	}
	defer master.Close()
	fd, err := unix.FcntlInt(master.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.master, w.slave = os.NewFile(uintptr(fd), master.Name()), slave
}

func (h home) open(args ...string) *terminal {
	h.t.Helper()
	return usual.open(h.t, h.command(args...))
}

// look draws what the program writes until the terminal is closed.
func (w *terminal) look() {
	defer close(w.read)
	buf := make([]byte, 1<<16)
	for {
		n, err := w.master.Read(buf)
		w.mu.Lock()
		if n > 0 {
			w.output, w.last = append(w.output, buf[:n]...), time.Now()
			w.screen.write(buf[:n])
		}
		w.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// close ends what is left of the terminal, when all was read.
func (w *terminal) close() {
	_ = w.slave.Close()
	select {
	case <-w.read:
	case <-time.After(patience):
		w.t.Error("the terminal was never read to its end")
	}
	_ = w.master.Close()
}

// hangUp cuts the line, as a lost connection does.
func (w *terminal) hangUp() { _ = w.master.Close() }

func (w *terminal) size(width, height int) {
	w.mu.Lock()
	w.screen.resize(width, height)
	w.mu.Unlock()
	if err := pty.Setsize(w.slave, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *terminal) press(keys string) {
	w.t.Helper()
	if _, err := w.master.WriteString(keys); err != nil {
		w.t.Fatal(err)
	}
}

// with looks at the screen while nothing changes it.
func (w *terminal) with(look func(*screen)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	look(w.screen)
}

func (w *terminal) text() (text string) {
	w.with(func(s *screen) { text = s.text() })
	return text
}

// written is how many bytes came so far.
func (w *terminal) written() int { return len(w.since(0)) }

// since returns what came after the first bytes.
func (w *terminal) since(from int) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.output[from:])
}

// await waits until something is true of the screen.
func (w *terminal) await(what string, limit time.Duration, true func(*screen) bool) {
	w.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(2 * time.Millisecond) {
		ok := false
		w.with(func(s *screen) { ok = true(s) })
		if ok {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("not within %v: %s; the screen is\n%s", limit, what, w.text())
		}
	}
}

// see waits until all words are on the screen.
func (w *terminal) see(words ...string) {
	w.t.Helper()
	w.await(strings.Join(words, ", "), patience, func(s *screen) bool { return shows(s, words...) })
}

// receives waits until bytes that match came after the first ones. What is on
// the screen may be the beginning of a frame.
func (w *terminal) receives(from int, what *regexp.Regexp) {
	w.t.Helper()
	w.await(what.String(), patience, func(*screen) bool { return what.Match(w.output[from:]) })
}

func shows(s *screen, words ...string) bool {
	text := s.text()
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// quiet waits until nothing has come for a while.
func (w *terminal) quiet(d time.Duration) {
	w.t.Helper()
	w.await("quiet", patience, func(*screen) bool { return time.Since(w.last) >= d })
}

// silent checks that nothing comes for a while.
func silent(d time.Duration, terminals ...*terminal) {
	from := make([]int, len(terminals))
	for i, w := range terminals {
		from[i] = w.written()
	}
	time.Sleep(d)
	for i, w := range terminals {
		if more := w.since(from[i]); len(more) > 0 {
			w.t.Errorf("%d bytes were written while nothing happened: %q", len(more), more)
		}
	}
}

// exit waits for the program's end and returns its exit code, -1 for a signal.
// What it wrote was read then.
func (w *terminal) exit(limit time.Duration) int {
	w.t.Helper()
	select {
	case <-w.finished:
	case <-time.After(limit):
		w.t.Fatalf("the program did not end within %v; the screen is\n%s", limit, w.text())
	}
	after, err := term.GetState(int(w.slave.Fd()))
	if err == nil && !reflect.DeepEqual(after, w.before) {
		w.t.Errorf("the terminal's settings are %+v, and were %+v", after, w.before)
	}
	w.close()
	return w.cmd.ProcessState.ExitCode()
}

// restored checks that a program that ended left the terminal as it was, but
// for the words that it said last.
func (w *terminal) restored(said string) {
	w.t.Helper()
	w.with(func(s *screen) {
		for _, wrong := range s.wrong() {
			w.t.Error("left behind:", wrong)
		}
		if got, want := s.kept(), strings.TrimSpace("$ empress\n"+said); got != want {
			w.t.Errorf("the main screen is\n%s\nand should be\n%s", got, want)
		}
		for _, sequence := range s.unknown {
			w.t.Error("the test's screen does not know", sequence)
		}
	})
}
