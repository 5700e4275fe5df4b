package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) applications() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "applications",
		GroupID: groupKeys,
		Short:   "List and describe the applications that use keys",
		Long: `List and describe the applications that use keys. An application comes into
being with its first key, or before, and every name that it ever had is reserved
for it.`,
		Example: "  empress applications list",
	}
	cmd.AddCommand(t.applicationsList(), t.applicationsShow(), t.applicationsCreate(), t.applicationsEdit())
	return cmd
}

// applicationJSON is an application as scripts see it.
type applicationJSON struct {
	Name      string   `json:"name"`
	Purpose   string   `json:"purpose"`
	Contact   string   `json:"contact"`
	Networks  []string `json:"networks"`
	Keys      int      `json:"keys"`
	Active    int      `json:"active_keys"`
	Former    []string `json:"former_names"`
	CreatedAt *string  `json:"created_at"`
	Damaged   bool     `json:"damaged"` // changed outside empress, so nothing of it is to be trusted
}

func newApplicationJSON(a model.Application) applicationJSON {
	return applicationJSON{model.Printable(a.Name), model.Printable(a.Purpose), model.Printable(a.Contact), printables(strings.Fields(a.NetworkList())),
		a.Keys, a.Active, printables(a.Former), stamp(a.CreatedAt), a.Damaged}
}

func (t *tree) applicationsList() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List all applications",
		Long:    "List all applications with the number of their keys that are not revoked.",
		Example: "  empress applications list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			as, err := s.Applications(cmd.Context())
			if err != nil {
				return err
			}
			return t.printApplications(as)
		},
	}
}

func (t *tree) printApplications(as []model.Application) error {
	if t.json {
		list := make([]applicationJSON, len(as))
		for i, a := range as {
			list[i] = newApplicationJSON(a)
		}
		return encoder(t.out).Encode(list)
	}
	if len(as) == 0 {
		t.note("There are no applications yet. `empress keys create --application NAME` makes one.")
		return nil
	}
	rows := newTable(t.out, "APPLICATION", "KEYS", "CREATED", "CONTACT", "PURPOSE")
	for _, a := range as {
		purpose := a.Purpose
		if a.Damaged {
			purpose = model.DamagedWords
		}
		rows.add(a.Name, strconv.Itoa(a.Keys), shown(a.CreatedAt, ""), a.Contact, purpose)
	}
	t.noteDamaged(slices.ContainsFunc(as, func(a model.Application) bool { return a.Damaged }))
	return rows.flush()
}

func (t *tree) applicationsShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show NAME",
		Short:             "Show one application",
		Example:           "  empress applications show billing",
		Args:              exactly(1, "the name of one application"),
		ValidArgsFunction: t.completeApplication,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			a, err := s.Application(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return t.printApplication(a)
		},
	}
}

func (t *tree) printApplication(a model.Application) error {
	if t.json {
		return encoder(t.out).Encode(newApplicationJSON(a))
	}
	name := a.Name
	if a.Damaged {
		name += ", " + model.DamagedWords
	}
	keys := fmt.Sprintf("%d, %d of them active", a.Keys, a.Active)
	if a.Partly {
		keys += ", of those that you may see"
	}
	return writeFacts(t.out,
		fact{"Application", name},
		fact{"Purpose", orWord(a.Purpose, "none given")},
		fact{"Contact", orWord(a.Contact, "none given")},
		fact{"Networks", orWord(a.NetworkList(), "none declared")},
		fact{"Keys", keys},
		fact{"Former names", orWord(strings.Join(a.Former, ", "), "none")},
		fact{"Created", shown(a.CreatedAt, "")},
	)
}
