package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
)

func (t *tree) audit() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "audit",
		GroupID: groupTrail,
		Short:   "Read and check the trail of all changes",
		Long: `Read and check the trail of all changes. Every change leaves an event, as does
an attempt that was denied, and each event is chained to the one before it.

Each event is also a line in a log, in the form of audit export: the file that
EMPRESS_LOG names, otherwise the database's name and .log. EMPRESS_LOG=none
switches it off.`,
		Example: "  empress audit list --application billing",
	}
	cmd.AddCommand(t.auditList(), t.auditVerify(), t.auditCheckpoint(), t.auditExport())
	return cmd
}

func (t *tree) auditList() *cobra.Command {
	var filter eventFilter
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List events, the latest first",
		Example: "  empress audit list --action key.revoked --limit 20",
	}
	t.addEventFilter(cmd, &filter)
	cmd.Flags().IntVar(&limit, "limit", 0, "at most so `many` events")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		q, err := filter.parsed(cmd)
		if err = firstError(err, positive(cmd, "limit", limit)); err != nil {
			return err
		}
		return t.listEvents(cmd.Context(), q, limit)
	}
	return cmd
}

func (t *tree) listEvents(ctx context.Context, q model.EventQuery, limit int) error {
	s, err := t.Session(ctx)
	if err != nil {
		return err
	}
	list := t.newEventRows()
	for left := limit; ; {
		q.Limit = model.MaxWindow
		if limit > 0 {
			q.Limit = min(left, model.MaxWindow)
		}
		events, err := s.Events(ctx, q)
		if err != nil {
			return err
		}
		if err := list.add(events); err != nil {
			return err
		}
		left -= len(events)
		if len(events) < q.Limit || limit > 0 && left == 0 {
			return list.end()
		}
		q.Before = events[len(events)-1].Seq
	}
}

func (t *tree) auditVerify() *cobra.Command {
	var against string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the whole trail, and every key against it",
		Long: `Check the whole trail, and every key against it. A change made outside empress
is found, and so is an event that was altered, removed or moved. An end that
was cut off is found with a checkpoint that was kept elsewhere: the line that
audit checkpoint printed, or @FILE for a file that has it, on the computer that
empress runs on. A log of changes, or an export, is such a file too: its last
line counts. The database's indexes, such as that which filters of keys go by,
are checked by doctor.

The exit code is 1 when something is wrong.`,
		Example: "  empress audit verify --against @checkpoint",
	}
	cmd.Flags().StringVar(&against, "against", "", "a `checkpoint` that the trail must hold, or @FILE")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var checkpoint *model.Checkpoint
		if cmd.Flags().Changed("against") {
			c, err := t.checkpoint(against)
			if err != nil {
				return err
			}
			checkpoint = &c
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		report, err := s.VerifyAudit(cmd.Context(), checkpoint)
		if err != nil {
			return err
		}
		return t.printReport(report)
	}
	return cmd
}

// checkpoint reads a checkpoint, or for somebody at this computer the last line
// of the file behind an @.
func (t *tree) checkpoint(text string) (model.Checkpoint, error) {
	path, isFile := strings.CutPrefix(text, "@")
	if !isFile {
		return model.ParseCheckpoint(text)
	}
	if t.here == nil {
		return model.Checkpoint{}, model.Errorf(model.CodeDenied, "A file would be read on the server, which nobody does over SSH. Give the checkpoint itself.")
	}
	lines, err := storage.LastLines(path)
	if err != nil {
		return model.Checkpoint{}, err
	}
	if len(lines) == 0 {
		return model.Checkpoint{}, model.Errorf(model.CodeInvalid, "%s is empty, so there is no checkpoint in it.", path)
	}
	last := lines[len(lines)-1]
	if e, err := model.ParseEntry(last); err == nil {
		return model.Checkpoint{Seq: e.Seq, MAC: e.MAC}, nil
	}
	return model.ParseCheckpoint(string(last))
}

// printReport ends with exit code 1 when problems were found.
func (t *tree) printReport(r model.AuditReport) (err error) {
	if t.json {
		err = encoder(t.out).Encode(map[string]any{"events": r.Events, "keys": r.Keys, "found": r.Found, "problems": printables(r.Problems)})
	} else {
		for _, p := range r.Problems {
			fmt.Fprintln(t.out, model.Printable(p))
		}
		if more := r.Found - len(r.Problems); more > 0 {
			fmt.Fprintf(t.out, "and %d more\n", more)
		}
		verdict := "nothing is wrong"
		if r.Found > 0 {
			verdict = fmt.Sprintf("%s found", count(r.Found, "problem"))
		}
		_, err = fmt.Fprintf(t.out, "%s and %s checked: %s.\n", count(r.Events, "event"), count(r.Keys, "key"), verdict)
	}
	if err == nil && r.Found > 0 {
		return exitFailed
	}
	return err
}

func count[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// agreeing is count with the form of a verb that goes with it.
func agreeing(n int, noun, one, more string) string {
	if n == 1 {
		return count(n, noun) + " " + one
	}
	return count(n, noun) + " " + more
}

func (t *tree) auditCheckpoint() *cobra.Command {
	return &cobra.Command{
		Use:   "checkpoint",
		Short: "Print where the trail ends",
		Long: `Print where the trail ends. Keep it in another place: audit verify --against
it later finds a trail whose end was cut off or rewritten.`,
		Example: "  empress audit checkpoint > checkpoint",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			c, err := s.AuditCheckpoint(cmd.Context())
			if err != nil {
				return err
			}
			if t.json {
				return encoder(t.out).Encode(map[string]any{"checkpoint": c.String(), "sequence": c.Seq})
			}
			_, err = fmt.Fprintln(t.out, c)
			return err
		},
	}
}
