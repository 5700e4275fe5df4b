package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"empress/model"
)

// visitor is somebody at a terminal of another computer: what they type goes
// through a pipe, and what they see is kept.
type visitor struct {
	t             *testing.T
	keys          *os.File
	resized       chan struct{}
	width, height int
	end           context.CancelCauseFunc
	ended         chan error
	mu            sync.Mutex
	shown         strings.Builder
}

func (v *visitor) Write(b []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.shown.Write(b)
}

func (v *visitor) text() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.shown.String()
}

func (v *visitor) size() (width, height int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.width, v.height
}

func (v *visitor) resizes(width, height int) {
	v.mu.Lock()
	v.width, v.height = width, height
	v.mu.Unlock()
	v.resized <- struct{}{}
}

// visit lets a member in through SSH.
func (d *driver) visit(t *testing.T, width, height int, env ...string) *visitor {
	t.Helper()
	s, err := d.service.SignIn(context.Background(), model.Identity{Login: "ada", Via: model.ViaSSH, From: "10.0.0.4"})
	d.must(err)
	in, keys, err := os.Pipe()
	d.must(err)
	ctx, end := context.WithCancelCause(context.Background())
	v := &visitor{t: t, keys: keys, resized: make(chan struct{}, 1), width: width, height: height, end: end, ended: make(chan error, 1)}
	o := Options{Session: s, Input: in, Output: v, Environ: env, Size: v.size, Resized: v.resized, Now: func() time.Time { return start }}
	go func() { v.ended <- Run(ctx, o) }()
	t.Cleanup(func() {
		end(nil)
		_ = keys.Close()
		_ = in.Close()
	})
	return v
}

func (v *visitor) types(text string) {
	v.t.Helper()
	if _, err := io.WriteString(v.keys, text); err != nil {
		v.t.Fatal(err)
	}
}

// awaits waits until something is shown.
func (v *visitor) awaits(pattern string) {
	v.t.Helper()
	want := regexp.MustCompile(pattern)
	for end := time.Now().Add(20 * time.Second); !want.MatchString(v.text()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			v.t.Fatalf("%q never came: %q", pattern, v.text())
		}
	}
}

// leaves waits for the end, and returns why it came.
func (v *visitor) leaves() error {
	v.t.Helper()
	select {
	case err := <-v.ended:
		return err
	case <-time.After(20 * time.Second):
		v.t.Fatal("it does not end")
		return nil
	}
}

// What the accent looks like on a terminal that said how light it is.
const (
	lightAccent = `\x1b\[([0-9;]*;)?34[;m]`
	darkAccent  = `\x1b\[([0-9;]*;)?96[;m]`
)

// Two terminals of other computers are drawn for at once, each as it is, and
// neither as that of this process.
func TestTwoVisitors(t *testing.T) {
	for name, value := range map[string]string{"TERM": "dumb", "NO_COLOR": "1", "COLORTERM": "truecolor", "LANG": "C", "TMUX": "/tmp/t,1,0", "STY": "1.x", "COLUMNS": "33"} {
		t.Setenv(name, value)
	}
	d := newDriver(t, someKeys)
	light := d.visit(t, 100, 30, "TERM=xterm-256color", "LANG=en_GB.UTF-8")
	plain := d.visit(t, 60, 20, "TERM=xterm", "NO_COLOR=1")
	dark := d.visit(t, 80, 24, "TERM=xterm-256color", "LANG=en_GB.UTF-8", "COLORTERM=truecolor")
	for _, v := range []*visitor{light, plain, dark} {
		v.awaits("Dashboard")
	}
	light.awaits(`\x1b\]11;\?`)
	light.types("\x1b]11;rgb:ffff/ffff/ffff\x1b\\")
	dark.types("\x1b]11;rgb:0000/0000/0000\x1b\\")
	light.awaits(lightAccent)
	dark.awaits(darkAccent)
	coloured := regexp.MustCompile(`\x1b\[([0-9;]*;)?(3[0-8]|9[0-7]|48)[;m]`)
	if shown := plain.text(); coloured.MatchString(shown) || strings.Contains(shown, "\x1b]11;?") || strings.ContainsFunc(shown, func(r rune) bool { return r > '~' }) {
		t.Errorf("colours, or signs beyond ASCII: %q", shown)
	}
	if regexp.MustCompile(darkAccent).MatchString(light.text()) || regexp.MustCompile(lightAccent).MatchString(dark.text()) {
		t.Error("one is drawn with the colours of the other")
	}
	for _, v := range []*visitor{light, plain, dark} {
		if strings.Contains(v.text(), "\x1b[?2026$p") || strings.Contains(v.text(), "\t") {
			t.Errorf("something was asked or sent that this terminal may show as text: %q", v.text())
		}
		v.types("q")
		if err := v.leaves(); err != nil || !strings.Contains(v.text(), "\x1b[?1049l") {
			t.Errorf("it ended with %v, and %q", err, v.text())
		}
	}
	if column := regexp.MustCompile(`\x1b\[\d+;(6[1-9]|[7-9]\d|\d{3})H`); column.MatchString(plain.text()) {
		t.Errorf("drawn outside of 60 columns: %q", plain.text())
	}
}

// The screens follow the terminal's size.
func TestVisitorResizes(t *testing.T) {
	d := newDriver(t, someKeys)
	v := d.visit(t, 80, 24, "TERM=xterm")
	v.awaits("Dashboard")
	v.resizes(20, 3)
	v.awaits("needs")
	v.resizes(132, 43)
	v.awaits(`1;\d*\d{3}H|1;9\dH`)
	v.types("q")
	if err := v.leaves(); err != nil {
		t.Error(err)
	}
}

// A connection that is lost, and a member who is shut out, end the interface at
// once: the terminal is as it was, and an open secret is not taken for stored.
func TestVisitorIsCutOff(t *testing.T) {
	shutOut := errors.New("the member was suspended")
	for name, cut := range map[string]func(*visitor){
		"lost":     func(v *visitor) { _ = v.keys.Close() },
		"shut out": func(v *visitor) { v.end(shutOut) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, func(d *driver) { d.create("billing") })
			v := d.visit(t, 80, 24, "TERM=xterm")
			v.awaits("Dashboard")
			v.types("2")
			v.awaits("billing")
			v.types("jr")
			v.awaits("Regenerate")
			v.types("\r")
			v.awaits("emps_")
			began := time.Now()
			cut(v)
			if err := v.leaves(); !errors.Is(err, context.Canceled) {
				t.Errorf("it ended with %v", err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
			if !strings.Contains(v.text(), "\x1b[?1049l") || !strings.Contains(v.text(), "\x1b[?25h") {
				t.Errorf("the terminal is not as it was: %q", v.text())
			}
			if k := d.onlyKey(); k.Generation != 2 || k.Confirmed != 0 {
				t.Errorf("generation %d, confirmed %d", k.Generation, k.Confirmed)
			}
		})
	}
}
