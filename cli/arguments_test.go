package cli

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"empress/model"
)

// TestArguments throws command lines made of the program's own words, and of
// worse, at a person's commands: none may panic, reach a session with nonsense,
// or say more than one sentence.
func TestArguments(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	secret := "emps_" + strings.Repeat("A1b2C3d", 7)
	vocabulary := []string{"", "-", "--", "---", "=", "-=", "--=", "--json", "--json=", "--limit=-1", "--limit=9999999999999999999999", "-h=x", "\x00", "\xff\xfe",
		"\x1b[31m", "\u202e", strings.Repeat("a", 5000), "empk_00000000000000000000", secret, "billing", "10.0.0.0/8", "100/min", "90d"}
	walk(newTree(Program{}, nil).root(), func(c *cobra.Command) {
		vocabulary = append(vocabulary, c.Name())
		c.Flags().VisitAll(func(f *pflag.Flag) { vocabulary = append(vocabulary, "--"+f.Name, "--"+f.Name+"=", "--"+f.Name+"=x") })
	})
	closed := errors.New("closed")
	p := Program{Session: func(context.Context) (*model.Session, error) { return nil, closed },
		Service: func(context.Context) (*model.Service, error) { return nil, closed }}
	for range sized(10_000, 100_000) {
		args := make([]string, random.IntN(7))
		for i := range args {
			args[i] = vocabulary[random.IntN(len(vocabulary))]
		}
		if slices.Contains(args, "completion") {
			continue // long, and cobra's own
		}
		code, _, said := do(t, p, args...)
		switch {
		case strings.Contains(said, "defect"):
			t.Errorf("%q: %s", args, said)
		case code == 4 && slices.Contains(args, "verify"): // nothing is a credential
		case code == 4 && strings.Contains(said, "on the server") && strings.Count(said, "\n") == 1: // files are none of a visitor's
		case code != 0 && code != 1 && code != 2:
			t.Errorf("%q: exit code %d", args, code)
		case code != 0 && (strings.Count(said, "\n") != 1 || strings.Contains(said, secret)):
			t.Errorf("%q: said %q", args, said)
		case code == 1 && !strings.Contains(said, "closed"):
			t.Errorf("%q: failed: %s", args, said)
		}
	}
}

// Help names the value of every flag by what it is, not by its type.
func TestFlagsNameTheirValues(t *testing.T) {
	types := []string{"string", "strings", "stringArray", "int", "duration", "value"}
	walk(newTree(Program{}, nil).root(), func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if value, _ := pflag.UnquoteUsage(f); slices.Contains(types, value) {
				t.Errorf("%s --%s %s", c.CommandPath(), f.Name, value)
			}
		})
	})
}
