package ui

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"empress/model"
	"empress/storage"
)

// driver plays a person at the keyboard: it sends keys to the real root, over
// a real store with a fixed clock and fixed randomness, and runs every command
// that comes back until nothing is left to do.
type driver struct {
	t       testing.TB
	root    *root
	service *model.Service
	store   *faultyStore
	session *model.Session
	clock   time.Time
	copied  strings.Builder // what was written to the terminal beside frames
	queue   []tea.Msg
	waiting []tea.Msg // what would come later: the clock stands still
	quit    bool
	watch   func(any) // sees every message, as a filter or a log would
}

// faultyStore is the real store, which can be told to fail.
type faultyStore struct {
	*storage.Store
	down  bool
	blind bool // to sign-ins alone
	used  sync.RWMutex
}

// Close waits for what a screen that was left has begun to read.
func (s *faultyStore) Close() error {
	s.used.Lock()
	defer s.used.Unlock()
	return s.Store.Close()
}

func (s *faultyStore) SignIns(ctx context.Context, of model.MemberID) ([]model.SignIn, error) {
	if s.blind {
		return nil, model.ErrDamaged
	}
	s.used.RLock()
	defer s.used.RUnlock()
	return s.Store.SignIns(ctx, of)
}

func (s *faultyStore) Read(ctx context.Context, fn func(model.Reader) error) error {
	if s.down {
		return model.Errorf(model.CodeUnavailable, "The disk that holds /srv/empress/empress.db reported an error, so nothing was changed. Check the disk and its free space.")
	}
	s.used.RLock()
	defer s.used.RUnlock()
	return s.Store.Read(ctx, fn)
}

func (s *faultyStore) Write(ctx context.Context, fn func(model.Writer) error) error {
	if s.down {
		return model.Errorf(model.CodeUnavailable, "The disk that holds /srv/empress/empress.db is full, so nothing was changed. Make room, then try again.")
	}
	s.used.RLock()
	defer s.used.RUnlock()
	return s.Store.Write(ctx, fn)
}

// start is the instant at which every test begins.
var start = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// newDriver opens the interface on a new team, with ada signed in.
func newDriver(t testing.TB, seed func(*driver)) *driver {
	t.Helper()
	d := emptyDriver(t)
	ada, err := d.service.Found(context.Background(), model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, local)
	if err != nil {
		t.Fatal(err)
	}
	d.session = ada
	if seed != nil {
		seed(d)
	}
	d.open(Options{Session: d.session})
	return d
}

var local = model.Identity{Login: "ada", Via: model.ViaTerminal}

func emptyDriver(t testing.TB) *driver {
	t.Helper()
	d := &driver{t: t, clock: start}
	dir := t.TempDir()
	seal, err := model.NewSealingKey(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.Create(context.Background(), filepath.Join(dir, "team.db"))
	if err != nil {
		t.Fatal(err)
	}
	d.store = &faultyStore{Store: store}
	t.Cleanup(func() { _ = d.store.Close() })
	d.service = model.NewService(d.store, seal, func() time.Time { return d.clock }).WithRandom(rand.NewChaCha8([32]byte{2}))
	return d
}

func (d *driver) open(o Options) {
	o.Now = func() time.Time { return d.clock }
	o.Output = &d.copied
	if o.About == nil {
		o.About = []Fact{{"Database", "/srv/empress/empress.db"}, {"Sealing key", "/srv/empress/empress.db.key"}, {"Version", "empress 1.0.0"}}
	}
	if o.Environ == nil {
		o.Environ = []string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/3", "LANG=C.UTF-8"}
	}
	d.root = newRoot(o)
	closed := make(chan struct{})
	close(closed)
	d.root.changes = closed // tests say themselves when something changed
	d.root.after = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		if _, ok := msg.(settledMsg); ok {
			return func() tea.Msg { return msg }
		}
		d.waiting = append(d.waiting, msg)
		return nil
	}
	d.run(d.root.Init())
	d.resize(80, 24)
}

func (d *driver) resize(w, h int) {
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
}

// send delivers a message and everything that follows from it.
func (d *driver) send(msg tea.Msg) {
	d.t.Helper()
	d.queue = append(d.queue, msg)
	for len(d.queue) > 0 {
		next := d.queue[0]
		d.queue = d.queue[1:]
		if _, ok := next.(tea.QuitMsg); ok {
			d.quit = true
			continue
		}
		if d.watch != nil {
			d.watch(next)
		}
		_, cmd := d.root.Update(next)
		d.run(cmd)
	}
	d.check()
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	default:
		d.queue = append(d.queue, msg)
	}
}

// press sends keys by name: "enter", "n", "shift+tab". type_ sends text.
func (d *driver) press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.send(keyNamed(k))
	}
}

func (d *driver) write(text string) {
	d.t.Helper()
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// frame is what the person sees, as plain text.
func (d *driver) frame() string {
	d.t.Helper()
	lines := strings.Split(ansi.Strip(d.root.View().Content), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// check holds after every message: no fault, and no cell outside the window.
func (d *driver) check() {
	d.t.Helper()
	if d.root.crashed {
		d.t.Fatal("the program hit a fault of its own")
	}
	v := d.root.View()
	for line := range strings.SplitSeq(sgr.ReplaceAllString(v.Content, ""), "\n") {
		if model.Printable(line) != line {
			d.t.Fatalf("text that commands, hides or reorders: %q", line)
		}
	}
	lines := strings.Split(v.Content, "\n")
	if d.root.height > 0 && len(lines) > d.root.height {
		d.t.Fatalf("%d lines in a window of %d:\n%s", len(lines), d.root.height, d.frame())
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w > d.root.width {
			d.t.Fatalf("line %d is %d cells wide in a window of %d: %q", i, w, d.root.width, l)
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.Y < 0 || c.X > d.root.width || c.Y >= max(1, d.root.height)) {
		d.t.Fatalf("cursor at %d,%d in a window of %d×%d", c.X, c.Y, d.root.width, d.root.height)
	}
}

// sees wants words on the screen, be they broken over lines.
func (d *driver) sees(words ...string) {
	d.t.Helper()
	f := d.frame()
	unbroken := strings.Join(strings.Fields(strings.ReplaceAll(f, "│", " ")), " ")
	for _, w := range words {
		if !strings.Contains(f, w) && !strings.Contains(unbroken, w) {
			d.t.Fatalf("%q is not on the screen:\n%s", w, f)
		}
	}
}

func (d *driver) missing(words ...string) {
	d.t.Helper()
	f := d.frame()
	for _, w := range words {
		if strings.Contains(f, w) {
			d.t.Fatalf("%q is on the screen:\n%s", w, f)
		}
	}
}

// create makes a key without the screens.
func (d *driver) create(application string, change ...func(*model.KeySpec)) (model.Key, model.Secret) {
	d.t.Helper()
	spec := model.KeySpec{Application: application}
	for _, c := range change {
		c(&spec)
	}
	k, secret, err := d.session.CreateKey(context.Background(), spec)
	if err != nil {
		d.t.Fatal(err)
	}
	return k, secret
}

func (d *driver) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// allowed asks the verifier.
func (d *driver) allowed(id model.KeyID, secret string) bool {
	d.t.Helper()
	s, err := model.ParseSecret(secret)
	if err != nil {
		d.t.Fatalf("%v: %q", err, secret)
	}
	got, err := d.service.Verify(context.Background(), model.Request{Key: id, Secret: s})
	if err != nil {
		d.t.Fatal(err)
	}
	return got.Allowed
}

// someKeys seeds a team that has a bit of everything.
func someKeys(d *driver) {
	ctx := context.Background()
	confirm := func(k model.Key) { d.must(d.session.ConfirmSecret(ctx, k.ID, k.Generation)) }
	d.clock = start.Add(-94 * 24 * time.Hour)
	old, _ := d.create("legacy-import", func(s *model.KeySpec) { s.Expires = "97d" })
	confirm(old)
	d.clock = start.Add(-20 * 24 * time.Hour)
	billing, _ := d.create("billing", func(s *model.KeySpec) {
		s.Scopes, s.Networks, s.Rate, s.Purpose = []string{"invoices:read", "invoices:write"}, []string{"10.0.0.0/8"}, "100/min", "Sends invoices every night"
	})
	confirm(billing)
	push, _ := d.create("mobile-push")
	confirm(push)
	_, err := d.session.SuspendKey(ctx, push.ID)
	d.must(err)
	gone, _ := d.create("ci-deploy")
	confirm(gone)
	_, err = d.session.RevokeKey(ctx, gone.ID)
	d.must(err)
	d.clock = start.Add(-2 * time.Hour)
	d.create("edge-cache", func(s *model.KeySpec) { s.Expires = "never" })
	d.clock = start.Add(-2 * time.Minute)
	d.must(d.store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: billing.ID, At: d.clock, Address: "10.0.0.4", UserAgent: "curl/8.7.1", Allowed: 1204, Denied: 3}}}))
	d.clock = start
}

// manyKeys seeds n keys in applications named by number.
func manyKeys(n int) func(*driver) {
	return func(d *driver) {
		for i := range n {
			d.create(fmt.Sprintf("service-%04d", i))
		}
	}
}

// spared is whether the i-th of many cases that differ in what is drawn alone is
// left to the run without the race detector, which has little to find in more
// of them: one goroutine draws them all.
func spared(i int) bool {
	return racing && i%4 > 0
}

// alone leaves a long test out under the race detector, which has nothing to
// find where one goroutine does everything.
func alone(t *testing.T) {
	t.Helper()
	if racing {
		t.Skip("one goroutine does all of this")
	}
}
