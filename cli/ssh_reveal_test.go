package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// watcher keeps what a session wrote, and says when a word has come.
type watcher struct {
	mu   sync.Mutex
	text bytes.Buffer
	stir chan struct{}
}

func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	select {
	case w.stir <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (w *watcher) await(t *testing.T, word string) {
	t.Helper()
	late := time.After(patience)
	for {
		w.mu.Lock()
		found := bytes.Contains(w.text.Bytes(), []byte(word))
		w.mu.Unlock()
		if found {
			return
		}
		select {
		case <-w.stir:
		case <-late:
			t.Fatalf("%q does not come", word)
		}
	}
}

// dial connects as Ada, and returns the connection below as well.
func (r *reachable) dial() (*ssh.Client, net.Conn) {
	r.t.Helper()
	text, err := os.ReadFile(r.key)
	if err != nil {
		r.t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		r.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", "127.0.0.1:"+r.port)
	if err != nil {
		r.t.Fatal(err)
	}
	c, channels, requests, err := ssh.NewClientConn(conn, "", &ssh.ClientConfig{User: "x", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	if err != nil {
		r.t.Fatal(err)
	}
	return ssh.NewClient(c, channels, requests), conn
}

// TestSSHRevealLost loses connections while a new secret is on its way or on the
// screen: such a secret is called not confirmed, and regenerating mends it.
func TestSSHRevealLost(t *testing.T) {
	t.Parallel()
	r := serveSSH(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	times := 30
	if os.Getenv("EMPRESS_TEST_FULL") != "" {
		times = 300
	}
	made := map[string]bool{}
	for i := range times {
		c, conn := r.dial()
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		w := &watcher{stir: make(chan struct{}, 1)}
		s.Stdout = w
		keys, err := s.StdinPipe()
		if err == nil {
			err = s.RequestPty("xterm-256color", 24, 80, nil)
		}
		if err == nil {
			err = s.Start("--at keys")
		}
		if err != nil {
			t.Fatal(err)
		}
		w.await(t, "filter: none")
		name := fmt.Sprintf("lost-%03d", i)
		_, _ = io.WriteString(keys, "n")
		w.await(t, "Purpose")
		_, _ = io.WriteString(keys, name+lastField+enter)
		if i%2 == 0 { // it is on the screen
			w.await(t, "emps_")
			made[name] = true
		}
		time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
		_ = conn.Close()
	}
	r.findLost(made)
}

// findLost waits until every key is there, not confirmed, and regenerates them.
func (r *reachable) findLost(made map[string]bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		var all []struct {
			Key         string `json:"api_key"`
			Application string `json:"application"`
			Confirmed   *bool  `json:"secret_confirmed"`
		}
		if err := json.Unmarshal([]byte(r.must("", "keys", "list", "--json")), &all); err != nil {
			r.t.Fatal(err)
		}
		found := 0
		for _, k := range all {
			if !strings.HasPrefix(k.Application, "lost-") || k.Confirmed == nil || *k.Confirmed {
				r.t.Errorf("%+v", k)
			}
			if made[k.Application] {
				found++
			}
		}
		if found == len(made) {
			out, _, code := r.over(r.key, "", "keys", "regenerate", all[0].Key, "--json")
			if code != 0 {
				r.t.Errorf("exit code %d", code)
			}
			r.verify(all[0].Key, secretOnScreen.FindString(out), 0)
			r.must("", "audit", "verify")
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%d keys of %d are there", found, len(made))
		}
	}
}
