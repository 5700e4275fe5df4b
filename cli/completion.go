package cli

import (
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"empress/model"
)

// Completion offers what the person may see, and keeps quiet about whatever
// goes wrong: a shell is waiting with half a word.

const offered = 100 // how many keys are offered at most

// plain reports whether a name is a word, or words, to every shell: where several
// names may follow, a shell puts what they have in common on the line as it is,
// and reads the line once more. Another name has to be typed, in quotes.
func plain(name string) bool {
	return name == model.Printable(name) && !strings.HasPrefix(name, "-") && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune(" ._@%+:/,-", r)
	})
}

// completeFlags gives flags their completions, when a shell asks for any: the
// library keeps for ever what it is told of a flag, and a server builds one tree
// for each visitor.
func (t *tree) completeFlags(cmd *cobra.Command, by map[string]cobra.CompletionFunc) {
	if !t.completing {
		return
	}
	for name, complete := range by {
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // the flag is not defined: seen by the first test that builds the tree
		}
	}
}

func fixed[T ~string](choices []T) cobra.CompletionFunc {
	return cobra.FixedCompletions(words(choices), cobra.ShellCompDirectiveNoFileComp)
}

// completes reports whether a shell asks how a word may go on.
func completes(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

func (t *tree) completeKey(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return t.completeKeys(cmd, args, prefix)
}

// completeKeys is completeKey for one of several keys.
func (t *tree) completeKeys(cmd *cobra.Command, _ []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	s, err := t.Session(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	q := model.KeyQuery{Limit: offered}
	if len(prefix) > len("empk_") {
		q.Text = prefix
	}
	page, err := s.Keys(cmd.Context(), q)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, k := range page.Keys {
		if id := string(k.ID); strings.HasPrefix(id, prefix) && plain(id) {
			found = append(found, cobra.CompletionWithDesc(id, model.Printable(k.Application)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

func (t *tree) completeApplication(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var found []cobra.Completion
	if s, err := t.Session(cmd.Context()); err == nil && len(args) == 0 {
		as, _ := s.Applications(cmd.Context())
		for _, a := range as {
			if strings.HasPrefix(a.Name, prefix) && plain(a.Name) {
				found = append(found, a.Name)
			}
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

func (t *tree) completeMember(cmd *cobra.Command, _ []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var found []cobra.Completion
	if s, err := t.Session(cmd.Context()); err == nil {
		ms, _ := s.Members(cmd.Context())
		for _, m := range ms {
			if strings.HasPrefix(m.Email, prefix) && m.Status == model.MemberActive && plain(m.Email) {
				found = append(found, cobra.CompletionWithDesc(m.Email, model.Printable(m.Name)))
			}
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
