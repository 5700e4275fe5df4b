package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
)

func (t *tree) doctor() *cobra.Command {
	var resetClock, rebuildSearch bool
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: groupHere,
		Short:   "Say what is wrong with this installation, and how to mend it",
		Long: `Say what is wrong with this installation, and how to mend it: its files and who
may read them, or its PostgreSQL server, the sealing key, the trail and every
key, the index that filters of keys go by, the log of changes, the clock, the
team.
It takes no membership, and tells as much as it can when parts are missing.

The exit code is 1 when something is wrong. When the clock was wrong for a
while and ran ahead, or its stored mark was changed outside empress,
--reset-clock lets keys that expire work again, in a running server too; that
needs an administrator.

When that index does not fit the keys, so that a filter may miss some,
--rebuild-search makes it anew from them. Other changes wait meanwhile, and
requests do not.`,
		Example: "  empress doctor --json",
	}
	cmd.Flags().BoolVar(&resetClock, "reset-clock", false, "judge expiry by the present time again, once the clock is right")
	cmd.Flags().BoolVar(&rebuildSearch, "rebuild-search", false, "make the index that filters of keys go by anew")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if resetClock {
			s, err := t.here.signIn(cmd.Context(), model.Identity{Via: model.ViaCommand})
			if err != nil {
				return err
			}
			if err := s.ResetClock(cmd.Context()); err != nil {
				return err
			}
		}
		p, err := t.here.paths()
		if err != nil {
			return err
		}
		if rebuildSearch {
			if err := p.rebuildSearch(cmd.Context()); err != nil {
				return err
			}
		}
		e := examination{ctx: cmd.Context(), paths: p}
		return t.printFindings(e.all())
	}
	return cmd
}

// rebuildSearch makes the index of what is searched anew in a database that is a
// file.
func (p paths) rebuildSearch(ctx context.Context) error {
	store, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // what was written is durable already
	file, ok := store.(*storage.Store)
	if !ok {
		return model.Errorf(model.CodeInvalid, "The database is on a server, which keeps its indexes itself. Let its owner run: REINDEX INDEX keys_searched")
	}
	return file.RebuildSearch(ctx)
}

// printFindings ends with exit code 1 when something is wrong.
func (t *tree) printFindings(findings []finding) (err error) {
	wrong := 0
	for _, f := range findings {
		if !f.OK {
			wrong++
		}
	}
	if t.json {
		err = encoder(t.out).Encode(findings)
	} else {
		err = t.printWords(findings, wrong)
	}
	if err == nil && wrong > 0 {
		return exitFailed
	}
	return err
}

func (t *tree) printWords(findings []finding, wrong int) error {
	rows := newTable(t.out, "CHECK", "", "FINDING")
	for _, f := range findings {
		mark := "ok"
		if !f.OK {
			mark = "WRONG"
		}
		rows.add(f.Check, mark, f.Message)
	}
	if err := rows.flush(); err != nil {
		return err
	}
	verdict := "Nothing is wrong."
	if wrong > 0 {
		verdict = count(wrong, "thing") + " to mend."
	}
	_, err := fmt.Fprintf(t.out, "\n%s\n", verdict)
	return err
}
