package storage

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"empress/model"
)

// usageMigrations are those of the usage file, numbered as those of the keys. A
// file from before it had versions says 0.
//
//go:embed migrations/usage/*.sql
var usageMigrations embed.FS

// migrate brings the usage file to the latest version in one transaction. A newer
// one is left alone: what it counts is read and written by the newer program.
func (u *usageFile) migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Glob(usageMigrations, "migrations/usage/*.sql") // in order of their names
	if err != nil {
		return err
	}
	version, err := u.version(ctx, db)
	if err != nil || version == len(steps) {
		return err
	}
	if version > len(steps) {
		return model.Errorf(model.CodeFailed, "The usage of keys in %s was counted by a newer empress (schema %d; this one knows %d). Install the newer version.", u.path, version, len(steps))
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	if version, err = u.version(ctx, tx); err != nil {
		return err
	}
	if version >= len(steps) { // another process was faster
		return nil
	}
	for _, name := range steps[version:] {
		text, err := usageMigrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(steps))); err != nil {
		return err
	}
	return tx.Commit()
}

func (u *usageFile) version(ctx context.Context, db querier) (version int, err error) {
	if err = db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err == nil && version < 0 {
		err = model.Errorf(model.CodeDamaged, "The usage of keys in %s claims schema %d, which no empress has written. Move the file away; a new one is begun.", u.path, version)
	}
	return version, err
}
