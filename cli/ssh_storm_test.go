package cli_test

import (
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// typedOddly is what keyboards send, and what none does.
var typedOddly = []string{"j", "k", "1", "2", "3", "n", "/", "é", "東", "👩‍👩‍👧", "\t", "?", ":", esc, enter, ctrlL, "\x1b[A", "\x1b[B", "\x1b[200~", "\x1b[201~", "\x1b[<0;5;5M", "\x1b[M!!!", "\x9bM!!!", "\x1b]11;rgb:0000/0000/0000\a",
	"\x1bP1$r\x1b\\", "\x1b[?2026;2$y", "\x1b[?2027;2$y", "\x1b_G\x1b\\", "\x1b[8;999;999t", "\x1b[999999999999999;1u", "\x1b[I", "\x1b[O", "\xff", "\x00"}

// TestSSHStorm types and resizes at random over SSH. Whatever becomes of such a
// session, one beside it goes on.
func TestSSHStorm(t *testing.T) {
	t.Parallel()
	r := serveSSH(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	rounds := 20
	if os.Getenv("EMPRESS_TEST_FULL") != "" {
		rounds = 400
	}
	beside := usual.open(t, r.ssh(r.key, "-t", "someone@127.0.0.1"))
	beside.see("Dashboard")
	for range rounds {
		c, conn := r.dial()
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		keys, err := s.StdinPipe()
		if err == nil {
			err = s.RequestPty("xterm-256color", 1+random.IntN(120), 1+random.IntN(320), nil)
		}
		if err == nil {
			err = s.Shell()
		}
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			if random.IntN(3) == 0 {
				_ = s.WindowChange(random.IntN(120), random.IntN(320))
			}
			if _, err := io.WriteString(keys, typedOddly[random.IntN(len(typedOddly))]); err != nil {
				break // it has ended
			}
			if random.IntN(4) == 0 {
				time.Sleep(time.Duration(random.IntN(8)) * time.Millisecond)
			}
		}
		_ = conn.Close()
	}
	beside.press("2")
	beside.see("API Access")
	r.must("", "audit", "verify")
}
