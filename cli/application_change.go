package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"empress/model"
)

// applicationFlags are what can be said of an application.
type applicationFlags struct {
	name, purpose, contact string
	networks               []string
}

func (a *applicationFlags) add(f *pflag.FlagSet) {
	f.StringVar(&a.purpose, "purpose", "", "what it is for, in a few `words`")
	f.StringVar(&a.contact, "contact", "", "whom to ask about it, in a few `words`")
	f.StringSliceVar(&a.networks, "network", nil, "a `network` that it says it runs in, such as 10.0.0.0/8; may be repeated")
}

func (t *tree) applicationsCreate() *cobra.Command {
	var a applicationFlags
	var insist bool
	cmd := &cobra.Command{
		Use:     "create NAME",
		Short:   "Add an application, before its first key",
		Example: "  empress applications create billing --purpose 'Sends invoices' --contact 'finance@example.com'",
		Args:    exactly(1, "the name of the new application"),
	}
	a.add(cmd.Flags())
	cmd.Flags().BoolVar(&insist, "new-application", false, "add it although one with almost the same name exists")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := filled(cmd, "network"); err != nil {
			return err
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		made, err := s.CreateApplication(cmd.Context(), model.ApplicationSpec{
			Name: args[0], Purpose: a.purpose, Contact: a.contact, Networks: a.networks, NewApplication: insist,
		})
		if err != nil {
			return err
		}
		return t.printApplication(made)
	}
	return cmd
}

func (t *tree) applicationsEdit() *cobra.Command {
	var a applicationFlags
	cmd := &cobra.Command{
		Use:   "edit NAME",
		Short: "Rename or describe an application",
		Long: `Rename or describe an application. What no flag names stays as it is. Its keys
and its history stay with it under another name, and the old one is never given
to another application; whoever requires it of a request has to require the new
one.`,
		Example:           "  empress applications edit billing --name invoicing",
		Args:              exactly(1, "the name of one application"),
		ValidArgsFunction: t.completeApplication,
	}
	cmd.Flags().StringVar(&a.name, "name", "", "its new `name`")
	a.add(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := filled(cmd, "name"); err != nil {
			return err
		}
		changed := cmd.Flags().Changed
		var e model.ApplicationEdit
		for name, field := range map[string]struct {
			to    **string
			value *string
		}{"name": {&e.Name, &a.name}, "purpose": {&e.Purpose, &a.purpose}, "contact": {&e.Contact, &a.contact}} {
			if changed(name) {
				*field.to = field.value
			}
		}
		if changed("network") {
			e.Networks = &a.networks
		}
		if e == (model.ApplicationEdit{}) {
			return usage(cmd, "Say what to change: --name, --purpose, --contact or --network.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		edited, err := s.EditApplication(cmd.Context(), args[0], e)
		if err != nil {
			return err
		}
		if whole, err := s.Application(cmd.Context(), edited.Name); err == nil { // with its keys and the names that it had
			edited = whole
		}
		return t.printApplication(edited)
	}
	return cmd
}
