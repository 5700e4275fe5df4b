package cli_test

import (
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/term"
)

// lineTerminal is a person who answers line by line.
type lineTerminal struct {
	*terminal
	from int // what came before it was answered already
}

// answer types a line at the prompt that holds the words, and returns what was
// said before it.
func (w *lineTerminal) answer(words, line string) string {
	w.t.Helper()
	said := w.told(words)
	w.from += len(said)
	w.press(line + "\n")
	return said
}

// told waits for a prompt, and returns what was said since the last answer.
func (w *lineTerminal) told(words string) (said string) {
	w.t.Helper()
	w.await("the prompt "+words, patience, func(*screen) bool {
		said = string(w.output[w.from:])
		prompt := said[strings.LastIndex(said, "\n")+1:]
		return strings.Contains(prompt, words) && strings.HasSuffix(prompt, ": ")
	})
	return said
}

// choose takes the choice of that name.
func (w *lineTerminal) choose(name string) string {
	w.t.Helper()
	said := w.told("Choose")
	sign := regexp.MustCompile(`(?m)^(\w+)\. ` + regexp.QuoteMeta(name)).FindStringSubmatch(said)
	if sign == nil {
		w.t.Fatalf("there is no choice %q in\n%s", name, said)
	}
	return w.answer("Choose", sign[1])
}

// seeSecret waits for a new secret at a prompt.
func (w *lineTerminal) seeSecret() (key, secret string) {
	w.t.Helper()
	said := w.told("Choose")
	key, secret = keyOnScreen.FindString(said), secretOnScreen.FindString(said)
	if key == "" || secret == "" {
		w.t.Fatalf("no new secret in\n%s", said)
	}
	return key, secret
}

// TestLines walks the whole way line by line, from the first run on, with a
// terminal that cannot draw and with a screen reader: nothing but text is
// written, and each secret once.
func TestLines(t *testing.T) {
	for name, environ := range map[string][]string{
		"dumb":       {"TERM=dumb", "SSH_TTY=/dev/pts/9"},
		"accessible": {"TERM=xterm", "EMPRESS_ACCESSIBLE=1", "SSH_TTY=/dev/pts/9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t, environ...)
			w := &lineTerminal{terminal: h.open()}
			w.answer("Team [My team]", "Acme")
			w.answer("Your name [", "Ada")
			w.answer("Your email [", "ada@example.com")
			for _, place := range []string{"Settings", "Profile & Team", "API Access", "Create New API Key"} {
				w.choose(place)
			}
			w.answer("Application", "billing")
			for _, field := range []string{"Owner [ada@example.com]", "Purpose [optional]", "Scopes [none needed]", "Networks [anywhere]", "Rate [no limit]", "Expires [365d]"} {
				w.answer(field, "")
			}
			key, first := w.seeSecret()
			h.verify(key, first, 0)
			w.choose("Verify the secret")
			w.answer("Paste the secret", first)
			if said := w.choose("Done"); !strings.Contains(said, "That is the secret: it arrived whole.") {
				t.Errorf("it said %q", said)
			}
			w.choose("billing: active")
			w.choose("Regenerate API Secret")
			w.answer("Type yes to regenerate", "yes")
			_, second := w.seeSecret()
			h.verify(key, first, 4)
			h.verify(key, second, 0)
			w.choose("Save the secret")
			w.answer("Path of a new file", "billing.txt")
			if said := w.choose("Done"); !strings.Contains(said, "billing.txt, which only you can read.") {
				t.Errorf("it said %q", said)
			}
			w.choose("Revoke for good")
			w.answer("Type billing to go on", "billing")
			w.told("Choose")
			h.verify(key, second, 4)
			for range 4 {
				w.answer("or an empty line to go back", "")
			}
			w.choose("Quit")
			if code := w.exit(patience); code != 0 { // which looks at the terminal's settings, too
				t.Errorf("exit code %d", code)
			}
			w.plain(first, second)
		})
	}
}

// plain checks that only text was written, and each secret once.
func (w *lineTerminal) plain(secrets ...string) {
	w.t.Helper()
	out := string(w.since(0))
	if strings.ContainsAny(out, esc+"\u0090\u009b\u009d") {
		w.t.Errorf("an escape sequence was written: %q", out)
	}
	for _, secret := range secrets {
		if n := strings.Count(out, secret); n != 1 {
			w.t.Errorf("a secret is on the terminal %d times", n)
		}
	}
}

// TestLinesCopy copies a secret to the terminal that the person reads.
func TestLinesCopy(t *testing.T) {
	t.Parallel()
	h := newTeam(t, "TERM=xterm", "EMPRESS_ACCESSIBLE=1", "SSH_TTY=/dev/pts/9")
	h.must("", "keys", "create", "--application", "billing")
	w := &lineTerminal{terminal: h.open("--at", "keys")}
	w.choose("billing")
	w.choose("Regenerate API Secret")
	w.answer("Type yes", "yes")
	_, secret := w.seeSecret()
	w.plain(secret)
	w.choose("Copy the secret through your terminal")
	w.told("Choose")
	if copied := w.screen.copied; len(copied) != 1 || copied[0] != secret {
		t.Errorf("%d texts were copied, and should be the secret", len(copied))
	}
}

// TestLinesLeave ends a conversation from outside, and with ctrl+d: an open
// secret counts as not stored, and the terminal shows again what is typed.
func TestLinesLeave(t *testing.T) {
	const ctrlC, ctrlD = "\x03", "\x04"
	for name, end := range map[string]struct {
		by   func(*lineTerminal)
		code int
	}{
		"SIGTERM":           {func(w *lineTerminal) { _ = w.cmd.Process.Signal(syscall.SIGTERM) }, 130},
		"ctrl+c":            {func(w *lineTerminal) { w.press(ctrlC) }, 130},
		"lost connection":   {func(w *lineTerminal) { w.hangUp() }, 130},
		"lost under nohup":  {func(w *lineTerminal) { w.hangUp() }, 130},
		"ctrl+d to the end": {func(w *lineTerminal) { w.leave(ctrlD) }, 0},
	} {
		for _, at := range []string{"choosing", "pasting"} {
			t.Run(name+" while "+at, func(t *testing.T) {
				t.Parallel()
				h := newTeam(t, "TERM=dumb")
				cmd := h.command()
				if strings.HasSuffix(name, "nohup") {
					cmd = exec.Command("sh", "-c", "trap '' HUP; exec empress")
					cmd.Dir, cmd.Env = h.dir, h.environ
				}
				w := &lineTerminal{terminal: usual.open(t, cmd)}
				w.choose("Create New API Key")
				w.answer("Application", "billing")
				for range 6 {
					w.answer("[", "")
				}
				key, secret := w.seeSecret()
				if at == "pasting" {
					w.choose("Verify the secret")
					w.told("Paste the secret")
					if now, err := term.GetState(int(w.slave.Fd())); err != nil || *now == *w.before {
						t.Error("what is pasted shows:", err)
					}
				}
				end.by(w)
				if code := w.exit(patience); code != end.code {
					t.Errorf("exit code %d, want %d", code, end.code)
				}
				w.plain(secret)
				h.verify(key, secret, 0)
				if out := h.must("", "keys", "show", key); !strings.Contains(out, "not confirmed") {
					t.Errorf("it counts as stored:\n%s", out)
				}
			})
		}
	}
}

// leave presses a key at each prompt until the program ends.
func (w *lineTerminal) leave(key string) {
	w.t.Helper()
	for {
		said := w.told("")
		w.from += len(said)
		w.press(key)
		if strings.HasSuffix(said, "\nChoose: ") && strings.Contains(said, "q. Quit") {
			return
		}
	}
}

// TestVerifyHides types at the prompt for a credential as soon as it is there: none
// of it shows.
func TestVerifyHides(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	made, code := h.run("", "keys", "create", "--application", "billing")
	key, secret := keyOnScreen.FindString(made), secretOnScreen.FindString(made)
	if code != 0 || secret == "" {
		t.Fatalf("create: exit code %d: %s", code, made)
	}
	w := h.open("verify")
	w.see("KEY:SECRET (not shown):")
	w.press(key + ":" + secret + enter)
	if code := w.exit(patience); code != 0 || strings.Contains(w.text(), secret[:8]) {
		t.Errorf("exit code %d: %s", code, w.text())
	}
	w = h.open("verify")
	w.see("KEY:SECRET (not shown):")
	w.press("hidden\x03")
	if code := w.exit(patience); code != 130 || strings.Contains(w.text(), "hidden") {
		t.Errorf("exit code %d: %s", code, w.text())
	}
}
