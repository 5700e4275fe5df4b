package ui

import (
	"bytes"
	"errors"
	"testing"
)

// What the program drew is erased line by line, and what was there before it
// is left to the terminal.
func TestErasing(t *testing.T) {
	const gone = "\x1b[2H\x1b[J\x1b[H\x1b[K"
	for in, want := range map[string]string{
		"text":                         "text",
		"\x1b[1mtext\x1b[m":            "\x1b[1mtext\x1b[m",
		"\x1b[H\x1b[2Jtext":            gone + "text",
		"\x1b[H\x1b[Jtext":             gone + "text",
		"\x1b[?1049h\x1b[H\x1b[2Jtext": "\x1b[?1049h\x1b[H\x1b[2Jtext",
		"\x1b[?1049h\x1b[H\x1b[2Ja\x1b[H\x1b[2Jb": "\x1b[?1049h\x1b[H\x1b[2Ja" + gone + "b",
		"a\x1b[?1049lb": "a" + gone + "\x1b[?1049lb",
	} {
		var out bytes.Buffer
		n, err := wholeWrites(&out).Write([]byte(in))
		if out.String() != want || n != len(in) || err != nil {
			t.Errorf("%q is written as %q (%d, %v), want %q", in, out.String(), n, err, want)
		}
	}
	if _, err := wholeWrites(broken{}).Write([]byte("\x1b[H\x1b[2J")); err == nil {
		t.Error("a terminal that is gone takes everything")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }
