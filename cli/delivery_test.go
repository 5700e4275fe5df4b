package cli

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"empress/model"
)

// Whatever a command does, it is told whether the secret arrived, and never the
// secret.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	secret := newSecret(t)
	for command, want := range map[string]string{
		"cat":                                "",
		"read -r secret":                     "",
		"head -c 54":                         "",
		"cat; echo fine >&2":                 "",
		"cat; sleep 5 &":                     "", // whoever stays behind is not waited for
		"true":                               "",
		"exec <&-; true":                     "",
		"exit 3":                             "exit status 3",
		"cat; exit 1":                        "exit status 1",
		"kill -9 $$":                         "killed",
		"kill -TERM $$":                      "terminated",
		"echo one >&2; echo two >&2; exit 1": "exit status 1: two",
		`printf 'a\033[2Jb\n \n' >&2; false`: `exit status 1: a\u{1b}[2Jb`,
		"cat >&2; false":                     "exit status 1: what it said holds the secret, and is not shown",
		"head -c 30 >&2; false":              "exit status 1: what it said holds the secret, and is not shown",
		"base64 >&2; false":                  "exit status 1: what it said holds the secret, and is not shown",
	} {
		d := delivery{command: command, environ: os.Environ(), limit: deliveryLimit}
		got := ""
		if amiss := d.deliver(t.Context(), model.Key{}, secret); amiss != nil {
			got = amiss.words()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}

// newSecret is a secret as a rotation makes it.
func newSecret(t *testing.T) model.Secret {
	t.Helper()
	secret, err := model.ParseSecret("emps_NnyhPYYFidhKKOdRSEhuUhoxutstIFfC4ZyeAh2aDYx00p78y")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// A command that takes too long is ended with all that it started.
func TestDeliveryTakesTooLong(t *testing.T) {
	t.Parallel()
	pid := filepath.Join(t.TempDir(), "pid")
	d := delivery{command: "cat; sleep 600 & echo $! > " + pid + ".new; mv " + pid + ".new " + pid + "; wait", environ: os.Environ(), limit: time.Second}
	start := time.Now()
	amiss := d.deliver(t.Context(), model.Key{}, newSecret(t))
	if amiss == nil || !strings.HasPrefix(amiss.why, "no answer in ") || time.Since(start) > 30*time.Second {
		t.Errorf("%+v after %v", amiss, time.Since(start))
	}
	content, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil || n < 2 {
		t.Fatal(n, err)
	}
	for wait := time.Millisecond; alive(n); wait *= 2 {
		if wait > 5*time.Second {
			t.Fatal("what it started lives on")
		}
		time.Sleep(wait)
	}
}

// alive reports whether a process runs: one that ended and that nobody asked for
// does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if os.IsNotExist(err) {
		return syscall.Kill(pid, 0) == nil
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func TestBetrays(t *testing.T) {
	secret := newSecret(t)
	text := secret.Reveal()
	for name, said := range map[string]string{
		"all":    text,
		"middle": "x" + text[20:32] + "x",
		"hex":    strings.ToUpper(hex.EncodeToString([]byte(text))),
		"base64": base64.StdEncoding.EncodeToString([]byte(text)),
		"in url": base64.URLEncoding.EncodeToString([]byte("user:" + text)),
		"in one": base64.StdEncoding.EncodeToString([]byte("k:" + text)),
	} {
		if !betrays([]byte(said), secret) {
			t.Errorf("%s is shown", name)
		}
	}
	for _, said := range []string{"", "no room in the vault", "emps_", text[5:16], "empk_7f3c0a1b2c3d4e5f6g7h"} {
		if betrays([]byte(said), secret) {
			t.Errorf("%q is not shown", said)
		}
	}
}

// However much a command says, its end is kept.
func TestEnding(t *testing.T) {
	secret := newSecret(t)
	e := newEnding()
	for _, part := range []string{strings.Repeat("x", 3*maxKept), strings.Repeat("y\n", 700), "the ", "end\r\n\n"} {
		if n, err := e.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	if len(e.kept) != maxKept || e.lastLine(secret) != "the end" {
		t.Errorf("%d bytes are kept, and %q", len(e.kept), e.lastLine(secret))
	}
	e = newEnding()
	_, _ = e.Write([]byte(strings.Repeat("é", 2*maxSaid)))
	if got := []rune(e.lastLine(secret)); len(got) != maxSaid+1 {
		t.Errorf("%d characters are shown", len(got))
	}
	if e.wipe(); strings.Trim(string(e.kept), "\x00") != "" {
		t.Error("it is not wiped")
	}
}
