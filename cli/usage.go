package cli

import (
	"context"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) usage() *cobra.Command {
	var application, since string
	cmd := &cobra.Command{
		Use:     "usage [KEY]",
		GroupID: groupKeys,
		Short:   "Show the requests made with keys, and by whom",
		Long: `Show the requests made with keys: how many were allowed and denied, and when
the latest one was allowed. Of one key, or one application, it shows them over
time, why some were denied, who made them, and who still uses a secret that was
replaced.

A caller is outside when the application declared networks and the caller is in
none of them. Requests are counted by the verifier about a second after they are
decided. While hundreds of keys are in use at once, figures may be up to about a
minute old, but nothing is left out. Hours and days are those of UTC.`,
		Example:           "  empress usage --since 7d\n  empress usage --application billing --since 30d --json",
		Args:              atMostOneKey,
		ValidArgsFunction: t.completeKey,
	}
	f := cmd.Flags()
	f.StringVar(&application, "application", "", "only the keys of this application, by its exact `name`, in detail")
	f.StringVar(&since, "since", string(model.LastDay), "how far `back`: 24h, 7d or 30d")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"application": t.completeApplication, "since": fixed(model.UsageSpans())})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := firstError(filled(cmd, "application"), oneOf(cmd, "since", model.UsageSpans())); err != nil {
			return err
		}
		span := model.UsageSpan(since)
		switch {
		case len(args) == 1 && application != "":
			return usage(cmd, "Give a key or --application, not both.")
		case len(args) == 1:
			return t.showUsage(cmd.Context(), func(ctx context.Context, s *model.Session) (model.UsageReport, error) {
				id, err := model.ParseKeyID(args[0])
				if err != nil {
					return model.UsageReport{}, err
				}
				return s.KeyUsage(ctx, id, span)
			})
		case application != "":
			return t.showUsage(cmd.Context(), func(ctx context.Context, s *model.Session) (model.UsageReport, error) {
				return s.ApplicationUsage(ctx, application, span)
			})
		}
		return t.listUsage(cmd.Context(), span)
	}
	return cmd
}

func atMostOneKey(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(cmd, "Give one key, or none.")
	}
	return nil
}

func (t *tree) showUsage(ctx context.Context, read func(context.Context, *model.Session) (model.UsageReport, error)) error {
	s, err := t.Session(ctx)
	if err != nil {
		return err
	}
	r, err := read(ctx, s)
	if err != nil {
		return err
	}
	return t.printUsage(r)
}

func (t *tree) listUsage(ctx context.Context, span model.UsageSpan) error {
	s, err := t.Session(ctx)
	if err != nil {
		return err
	}
	list := t.newUsageRows()
	q := model.KeyQuery{Limit: model.MaxWindow}
	for {
		page, err := s.Usages(ctx, q, span)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if err := list.add(row); err != nil {
				return err
			}
		}
		n := len(page.Keys)
		if !page.More || n == 0 {
			return list.end()
		}
		q.From = &page.Keys[n-1]
		if err := list.flush(); err != nil {
			return err
		}
	}
}
