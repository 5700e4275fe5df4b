package cli

import (
	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) policy() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		GroupID: groupTeam,
		Short:   "Show and change what the team decided for everybody",
		Long: `Show and change what the team decided for everybody. Every member may see it; a
change needs the permission policy.manage.`,
		Example: "  empress policy show",
	}
	cmd.AddCommand(t.policyShow(), t.policySet(), t.policyCheck())
	return cmd
}

func (t *tree) policyShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "Show the policy",
		Example: "  empress policy show --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			p, err := s.Policy(cmd.Context())
			if err != nil {
				return err
			}
			return t.printPolicy(p)
		},
	}
}

func (t *tree) policySet() *cobra.Command {
	var e struct {
		support                                                string
		defaultLife, longestLife, unused, secretDue, idleLimit int
		never                                                  bool
	}
	cmd := &cobra.Command{
		Use:     "set",
		Short:   "Change the policy",
		Long:    "Change the policy. What no flag names stays as it is, and no key is changed:\n`empress policy check` lists those that are outside.",
		Example: "  empress policy set --longest-lifetime 365 --secret-due-after 90",
	}
	f := cmd.Flags()
	f.StringVar(&e.support, "support", "", "whom people ask, in a few `words`; empty for nobody in particular")
	f.IntVar(&e.defaultLife, "default-lifetime", 0, "how many `days` a key works when nobody says otherwise; 0 for a year, or the longest lifetime where that is shorter")
	f.IntVar(&e.longestLife, "longest-lifetime", 0, "how many `days` a key may work at most; 0 for any")
	f.IntVar(&e.unused, "unused-after", 0, "after how many `days` a key that nobody uses is listed; 0 for never")
	f.IntVar(&e.secretDue, "secret-due-after", 0, "after how many `days` a secret is due to be regenerated; 0 for never")
	answerVar(f, &e.never, "never", "let keys never expire; --never=false for no longer")
	f.IntVar(&e.idleLimit, "idle-sign-out", 0, "after how many `minutes` without a key press the screens end; 0 for never, and over SSH after an hour")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var edit model.PolicyEdit
		any := false
		for name, number := range map[string]struct {
			to    **int
			value *int
		}{
			"default-lifetime": {&edit.DefaultLifetime, &e.defaultLife}, "longest-lifetime": {&edit.LongestLifetime, &e.longestLife},
			"unused-after": {&edit.UnusedAfter, &e.unused}, "secret-due-after": {&edit.SecretDueAfter, &e.secretDue},
			"idle-sign-out": {&edit.IdleSignOut, &e.idleLimit},
		} {
			if cmd.Flags().Changed(name) {
				*number.to, any = number.value, true
			}
		}
		if cmd.Flags().Changed("support") {
			edit.Support, any = &e.support, true
		}
		if cmd.Flags().Changed("never") {
			edit.NeverAllowed, any = &e.never, true
		}
		if !any {
			return usage(cmd, "Say what to change, such as --support 'IT desk, it@example.com'.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		p, err := s.EditPolicy(cmd.Context(), edit)
		if err != nil {
			return err
		}
		return t.printPolicy(p)
	}
	return cmd
}

// policyJSON is the policy as scripts see it; 0 stands for no limit.
type policyJSON struct {
	Support         string `json:"support_contact"`
	DefaultLifetime int    `json:"default_lifetime_days"`
	LongestLifetime int    `json:"longest_lifetime_days"`
	UnusedAfter     int    `json:"unused_after_days"`
	SecretDueAfter  int    `json:"secret_due_after_days"`
	NeverAllowed    bool   `json:"never_allowed"`
	IdleSignOut     int    `json:"idle_sign_out_minutes"`
}

func (t *tree) printPolicy(p model.Policy) error {
	if t.json {
		return encoder(t.out).Encode(policyJSON{model.Printable(p.Support), p.DefaultLifetime, p.LongestLifetime, p.UnusedAfter, p.SecretDueAfter, p.NeverAllowed, p.IdleSignOut})
	}
	limit := func(n int, unit, none string) string {
		if n == 0 {
			return none
		}
		return count(n, unit)
	}
	never := "allowed"
	switch {
	case !p.NeverAllowed:
		never = "not allowed"
	case !p.MayNeverExpire():
		never = "not allowed, as there is a longest lifetime"
	}
	return writeFacts(t.out,
		fact{"Support contact", orWord(p.Support, "none given")},
		fact{"Default lifetime", p.LifetimeWords()},
		fact{"Longest lifetime", limit(p.LongestLifetime, "day", "any")},
		fact{"Keys that never expire", never},
		fact{"Unused after", limit(p.UnusedAfter, "day", "never")},
		fact{"Secret due after", limit(p.SecretDueAfter, "day", "never")},
		fact{"Idle sign-out", limit(p.IdleSignOut, "minute", "never; over SSH after an hour")},
	)
}

// findingJSON is a key outside the policy as scripts see it.
type findingJSON struct {
	APIKey      string   `json:"api_key"`
	Application string   `json:"application"`
	Owner       string   `json:"owner"`
	Rules       []string `json:"rules"`
	Reasons     []string `json:"reasons"`
}

func (t *tree) policyCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "List the keys that are outside the policy, and why",
		Long: `List the keys that are outside the policy, and why. None of them is changed.
Of a key whose usage you may not see it is not said whether it is unused.`,
		Example: "  empress policy check --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			found, err := s.OutsidePolicy(cmd.Context())
			if err != nil {
				return err
			}
			return t.printFindingsOf(found)
		},
	}
}

func (t *tree) printFindingsOf(found []model.KeyFinding) error {
	if t.json {
		list := make([]findingJSON, len(found))
		for i, f := range found {
			var rules, reasons []string
			for _, r := range f.Reasons {
				rules, reasons = append(rules, string(r.Rule)), append(reasons, r.Words)
			}
			list[i] = findingJSON{string(f.Key.ID), model.Printable(f.Key.Application), model.Printable(f.Key.Owner), printables(rules), printables(reasons)}
		}
		return encoder(t.out).Encode(list)
	}
	if len(found) == 0 {
		t.note("Every key that you may see is within the policy.")
		return nil
	}
	rows := newTable(t.out, "APPLICATION", "API KEY", "OWNER", "WHY")
	for _, f := range found {
		rows.add(f.Key.Application, string(f.Key.ID), f.Key.Owner, reasonWords(f.Reasons))
	}
	return rows.flush()
}
