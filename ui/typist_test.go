package ui

import (
	"context"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
)

// typist plays a person who types prepared lines, and keeps what the terminal
// shows, what is typed included. A step is a line; {secret} the secret that was
// shown last, typed without echo; a choice, by its name; {end} the end of input, once; or something to
// do before the next line.
type typist struct {
	t     testing.TB
	steps []any
	mu    sync.Mutex
	shown strings.Builder
	rest  string
}

const (
	secretLine = "{secret}"
	endOfInput = "{end}"
)

func (p *typist) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown.Write(b)
}

func (p *typist) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown.String()
}

// secrets are those that were shown, in order.
func (p *typist) secrets() []string { return shownSecret.FindAllString(p.text(), -1) }

func (p *typist) Read(b []byte) (int, error) {
	if p.rest == "" {
		line, ok := p.next()
		if !ok {
			return 0, io.EOF
		}
		p.rest = line + "\n"
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *typist) next() (line string, ok bool) {
	for len(p.steps) > 0 {
		step := p.steps[0]
		p.steps = p.steps[1:]
		switch step := step.(type) {
		case func(*typist):
			step(p)
		case chooses:
			sign := p.sign(string(step))
			_, _ = p.Write([]byte(sign + "\n"))
			return sign, true
		case string:
			switch step {
			case endOfInput:
				return "", false
			case secretLine:
				all := p.secrets()
				return "api_secret=" + all[len(all)-1], true
			}
			_, _ = p.Write([]byte(typable(step) + "\n"))
			return step, true
		}
	}
	return "", false
}

// chooses is what is chosen by its name, or by how that begins.
type chooses string

// sign is what stands before the latest choice of a name.
func (p *typist) sign(name string) string {
	p.t.Helper()
	menu := p.text()
	if i := strings.LastIndex(menu, "\n\n"); i >= 0 {
		menu = menu[i:]
	}
	found := regexp.MustCompile(`(?m)^(\w+)\. `+regexp.QuoteMeta(name)).FindAllStringSubmatch(menu, -1)
	if found == nil {
		p.t.Errorf("there is no choice %q in\n%s", name, menu)
		return "?"
	}
	return found[len(found)-1][1]
}

// converse runs line mode with a person who types the steps, and returns what
// the terminal shows. No escape sequence is on it.
func (d *driver) converse(o Options, steps ...any) *typist {
	d.t.Helper()
	p := &typist{t: d.t, steps: steps}
	d.must(RunLines(context.Background(), d.lineOptions(o, p)))
	p.plain()
	return p
}

func (p *typist) plain() {
	p.t.Helper()
	if strings.ContainsFunc(p.text(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		p.t.Fatalf("something but text was written: %q", p.text())
	}
}

func (d *driver) lineOptions(o Options, p *typist) Options {
	if o.Found == nil {
		o.Session = d.session
	}
	if o.Environ == nil {
		o.Environ = []string{"TERM=dumb", "SSH_TTY=/dev/pts/3", "LANG=C.UTF-8"}
	}
	o.About = []Fact{{"Database", "/srv/empress/empress.db"}, {"Sealing key", "/srv/empress/empress.db.key"}, {"Version", "empress 1.0.0"}}
	o.Now = func() time.Time { return d.clock }
	o.Input, o.Output = p, p
	return o
}

// golden holds what is on the terminal against what was found good, wherever the
// test runs.
func (p *typist) golden(t *testing.T, name string) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name, []byte(strings.ReplaceAll(p.text(), here, "/home/ada")))
}

func (p *typist) sees(words ...string) {
	p.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			p.t.Fatalf("%q is not on the terminal:\n%s", w, p.text())
		}
	}
}

// await waits until words were written.
func (p *typist) await(words string) {
	for end := time.Now().Add(10 * time.Second); !strings.Contains(p.text(), words); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			p.t.Errorf("%q never came", words)
			return
		}
	}
}
