package cli

import (
	"time"

	"github.com/spf13/cobra"

	"empress/model"
)

// attentionFlags are the flags that ask which keys want somebody's attention.
type attentionFlags struct {
	due, unused, oldSecret bool
	expiring               string // as typed
}

func (t *tree) addAttention(cmd *cobra.Command, a *attentionFlags) {
	f := cmd.Flags()
	f.BoolVar(&a.due, "due", false, "only keys whose secret should be replaced, and why")
	f.BoolVar(&a.unused, "unused", false, "only keys that nobody uses")
	f.BoolVar(&a.oldSecret, "old-secret", false, "only keys of which somebody still uses a replaced secret")
	f.StringVar(&a.expiring, "expiring", "", "only keys that stop working by `then`: 14d or 2030-01-31")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"expiring": fixed([]string{"7d", "14d", "30d"})})
}

// kinds are the flags of which one alone may be given.
func (a attentionFlags) kinds() map[model.Attention]bool {
	return map[model.Attention]bool{model.Due: a.due, model.Unused: a.unused, model.OldSecretUsed: a.oldSecret}
}

func (a attentionFlags) check(cmd *cobra.Command) error {
	given := 0
	for _, on := range a.kinds() {
		if on {
			given++
		}
	}
	if given > 1 {
		return usage(cmd, "--due, --unused and --old-secret are three lists. Choose one.")
	}
	return filled(cmd, "expiring")
}

// narrow puts into a query what the flags ask for.
func (a attentionFlags) narrow(q *model.KeyQuery, now time.Time) error {
	for kind, on := range a.kinds() {
		if on {
			q.Attention = kind
		}
	}
	if a.expiring == "" {
		return nil
	}
	by, err := model.ParseExpiry(a.expiring, now)
	if err != nil || by.IsZero() {
		return model.Errorf(model.CodeInvalid, "--expiring takes a time to come, such as 14d or a date like 2030-01-31, and not %s.", quoted(a.expiring))
	}
	q.ExpiresBy = by
	return nil
}
