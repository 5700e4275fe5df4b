package server

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestFrappe lets the unmodified client library of Frappe reach a backend
// through nginx.
func TestFrappe(t *testing.T) {
	t.Parallel()
	node := program(t, "node")
	if _, err := os.Stat("testdata/frappe/node_modules"); err != nil {
		without(t, "the client library of Frappe is not installed: `npm ci` in server/testdata/frappe does that")
	}
	f := nginxFront(t)
	ask := func(kind string) string {
		t.Helper()
		cmd := exec.Command(node, "ask.cjs", "http://"+f.address, kind)
		cmd.Dir, cmd.Stdin = "testdata/frappe", strings.NewReader(f.good+"\n")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	answered := strings.ReplaceAll(`{"name":"Acme"}|{"name":"Acme"}|{"name":"Acme"}|`+backendAnswer+"|", "|", "\n")
	for _, kind := range []string{"token", "Bearer"} {
		if out := ask(kind); out != answered {
			t.Errorf("with %s the library printed %s", kind, out)
		}
		seen := f.take()
		for _, r := range seen {
			f.clean(r.URL.Path, r)
		}
		if len(seen) != 4 {
			t.Errorf("with %s the backend saw %d requests", kind, len(seen))
		}
	}
	refused := func(status string) {
		t.Helper()
		if out := ask("token"); out != strings.Repeat(`{"refused":`+status+"}\n", 4) || len(f.take()) > 0 {
			t.Errorf("the library printed %s", out)
		}
	}
	if _, err := f.ada.RevokeKey(t.Context(), f.key); err != nil {
		t.Fatal(err)
	}
	refused("403")
	f.good = partKey + ":" + partSecret
	refused("401")
}
