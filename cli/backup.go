package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
)

func (t *tree) backup() *cobra.Command {
	return &cobra.Command{
		Use:     "backup FILE",
		GroupID: groupHere,
		Short:   "Copy the database while it is in use",
		Long: `Copy the database to a new file, for you alone to read, while it is in use. The
copy is of one moment, holds the trail, and can be checked and restored with
the sealing key, which is not in it: back that up apart. When keys were last
used is not in it either. It needs the permission policy.manage.

The copy of a PostgreSQL database is such a file, too, and either kind can be
restored to the other: that is the way back from PostgreSQL.`,
		Example: "  empress backup /mnt/backup/empress-2026-03-01.db",
		Args:    exactly(1, "the path of a new file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := filepath.Abs(args[0])
			if err != nil || args[0] == "" {
				return usage(cmd, "Give the path of a new file.")
			}
			p, err := t.here.paths()
			if err != nil {
				return err
			}
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			file, err := storage.CreateNewFile(path, 0) // before the trail tells of a copy
			if err != nil {
				return err
			}
			defer file.Discard() // unless it is kept
			if err := s.BeginBackup(cmd.Context(), path); err != nil {
				return err
			}
			if err := t.here.store.Backup(cmd.Context(), file); err != nil {
				return notBackedUp(err)
			}
			return t.printBackup(path, p)
		},
	}
}

// notBackedUp adds that nothing was left.
func notBackedUp(err error) error {
	if errors.Is(err, model.ErrDamaged) {
		return err
	}
	return model.Errorf(model.CodeOf(err), "The copy could not be made, and nothing is left of it. %s", model.Sentence(err)).Because(err)
}

func (t *tree) printBackup(path string, p paths) error {
	if t.json {
		return encoder(t.out).Encode(map[string]any{"file": model.Printable(path), "sealing_key": model.Printable(p.key)})
	}
	_, err := fmt.Fprintf(t.out, "The database is copied to %s, without the usage of keys.\n", model.Printable(path))
	if err == nil {
		t.note("Back up the sealing key %s, too, and apart from it: without that key no backup can be restored.", p.key)
	}
	return err
}
