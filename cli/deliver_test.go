package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"empress/model"
)

// oneSecret is a secret as empress makes them.
func oneSecret(t *testing.T) model.Secret {
	t.Helper()
	s, err := model.ParseSecret("emps_n3KC5dH46VbndvrTxeqGbwc1JDIr66nIe7PpOlQHnak01nQUb")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A command gets the secret on its standard input and the facts of the key around
// it; why it did not take it is told in a few words, without the secret.
func TestDeliver(t *testing.T) {
	k, secret := model.Key{ID: "empk_0123456789abcdefghjk", Application: "billing", Owner: "ada@example.com", Generation: 2}, oneSecret(t)
	tr := &tree{Program: Program{Streams: Streams{Environ: os.Environ()}}}
	into := filepath.Join(t.TempDir(), "out")
	err := tr.deliver(context.Background(), "Acme", `(cat; echo "$EMPRESS_TEAM $EMPRESS_APPLICATION $EMPRESS_API_KEY $EMPRESS_GENERATION $EMPRESS_OWNER") > `+into, k, secret)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(into)
	if want := secret.Reveal() + "\nAcme billing empk_0123456789abcdefghjk 2 ada@example.com\n"; err != nil || string(got) != want {
		t.Fatalf("the command got something else, %v", err)
	}
	err = tr.deliver(context.Background(), "Acme", "cat >&2; exit 3", k, secret)
	if err == nil || err.Error() != "exit status 3" || strings.Contains(err.Error(), "emps_") {
		t.Fatalf("a command that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := tr.deliver(ctx, "Acme", "cat > "+into, k, secret); err == nil {
		t.Fatal("it was delivered after its time")
	}
}
