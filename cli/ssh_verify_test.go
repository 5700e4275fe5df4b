package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// TestSSHGuesses tries out the secret of an imported key over SSH: after ten
// tries it goes slowly, and whoever watches the server sees it.
func TestSSHGuesses(t *testing.T) {
	t.Parallel()
	need(t, "ssh-keygen")
	h := newTeam(t)
	r := &reachable{home: h, key: h.newKeyPair("ada")}
	h.must("", "members", "ssh-key", "add", "ada@example.com", r.key+".pub")
	h.must(`{"application":"erp","api_key":"abcdef0123456789","api_secret":"abc12345"}`, "keys", "import", "-")
	s := h.serve("--ssh", "127.0.0.1:0")
	found := listeningSSH.FindStringSubmatch(<-s.lines)
	if found == nil {
		t.Fatal("no member can come over SSH")
	}
	r.port = found[1]
	c, conn := r.dial()
	defer conn.Close()
	guess := func(secret string) (out, said string, code int) {
		t.Helper()
		session, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		var o, e bytes.Buffer
		session.Stdin, session.Stdout, session.Stderr = strings.NewReader("abcdef0123456789:"+secret+"\n"), &o, &e
		err = session.Run("verify --json")
		if exit, ok := errors.AsType[*ssh.ExitError](err); ok {
			code = exit.ExitStatus()
		} else if err != nil {
			t.Fatal(err)
		}
		return o.String(), e.String(), code
	}
	out, said, code := guess("abc12345")
	if code != 0 {
		t.Fatalf("the right secret: exit code %d, %q, %q", code, out, said)
	}
	wrong := 0
	for ; wrong < 100; wrong++ {
		if out, said, code = guess(fmt.Sprintf("abc%05d", wrong)); code != 4 {
			break
		}
	}
	if wrong < 10 || code != 1 || out != `{"allowed":false,"reason":"too_many_failures"}`+"\n" || !regexp.MustCompile(`Wait [0-9]+ seconds?, then ask again`).MatchString(said) {
		t.Errorf("after %d wrong secrets: exit code %d, %q, %q", wrong, code, out, said)
	}
	answer, err := http.Get(strings.TrimSuffix(s.url, "/verify") + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	for _, line := range []string{"empress_throttled_total 1", fmt.Sprintf(`empress_decisions_total{outcome="denied",reason="unauthenticated"} %d`, wrong)} {
		if !strings.Contains(string(text), line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
}
