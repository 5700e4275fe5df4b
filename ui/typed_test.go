package ui

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// faulty are bytes upon which the library's decoder reaches beyond what it has,
// when they fill its buffer to the end: an old report of the mouse, in its form
// of eight bits.
var faulty = strings.Repeat("a", 59) + "\x9bM!!!"

// Bytes that the decoder stumbles over end the program that they were typed to,
// and not the process.
func TestTypedFault(t *testing.T) {
	d := emptyDriver(t)
	s, err := d.service.Found(context.Background(), model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, model.Identity{Login: "ada", Via: model.ViaSSH})
	d.must(err)
	in, keys := io.Pipe()
	defer keys.Close()
	ended := make(chan error, 1)
	go func() {
		ended <- Run(t.Context(), Options{Session: s, Input: in, Output: io.Discard, Environ: []string{"TERM=xterm"}, Size: func() (int, int) { return 80, 24 }, Resized: make(chan struct{})})
	}()
	for range 100 {
		if _, err := keys.Write([]byte(faulty)); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err == nil || model.Sentence(err) != model.Sentence(fault()) {
				t.Errorf("it ended with %v", err)
			}
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Error("the decoder stumbles no more: look whether relay is still needed")
}
