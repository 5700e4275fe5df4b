package storage

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"empress/model"
)

// trustworthy refuses a database that others can read or write, and one that
// runs statements of its own: empress makes neither triggers nor views, and
// either could make a change look done that is not. What is no database of ours
// is told first: advice on the files of others would do harm.
func (s *Store) trustworthy(ctx context.Context) error {
	if _, err := s.version(ctx, s.readers); err != nil {
		return err
	}
	info, err := os.Lstat(s.path)
	if err != nil {
		return fileError(err, s.path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return model.Errorf(model.CodeFailed, "Others on this computer can read or write the database %s. Run: chmod 600 %s", s.path, s.path)
	}
	made, err := schema(ctx, s.readers)
	if err != nil {
		return s.mapError(err)
	}
	var active []string
	for _, o := range made {
		if o.kind == "trigger" || o.kind == "view" {
			active = append(active, o.String())
		}
	}
	if len(active) > 0 {
		return model.Errorf(model.CodeDamaged, "Somebody added to the database %s what empress never makes: %s. Restore a backup.", s.path, strings.Join(active, ", "))
	}
	return nil
}

// object is one table, index or other part of a schema, with what defines it.
type object struct{ kind, name, text string }

// String names the object, for people, whatever its name is made of.
func (o object) String() string {
	return fmt.Sprintf("the %s %q", model.Printable(o.kind), model.Printable(o.name))
}

// schema lists the objects of a database but for those of SQLite itself, by
// kind and name.
func schema(ctx context.Context, db *sql.DB) ([]object, error) {
	rs, err := db.QueryContext(ctx, "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE type IN ('trigger', 'view') OR name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name")
	if err != nil {
		return nil, err
	}
	return objects(rs)
}

// objects reads rows of kind, name and text.
func objects(rs *sql.Rows) (found []object, err error) {
	defer rs.Close()
	for rs.Next() {
		var o object
		if err := rs.Scan(&o.kind, &o.name, &o.text); err != nil {
			return nil, err
		}
		found = append(found, o)
	}
	return found, rs.Err()
}

// InspectSchema compares the database's schema with what the migrations make.
// It returns the differences, in words.
func (s *Store) InspectSchema(ctx context.Context) ([]string, error) {
	want, err := migratedSchema(ctx)
	if err != nil {
		return nil, s.mapError(err)
	}
	got, err := schema(ctx, s.readers)
	if err != nil {
		return nil, s.mapError(err)
	}
	return differences(got, want, restoreMend), nil
}

// restoreMend is what to do about a schema that somebody changed.
const restoreMend = " Restore a backup."

// differences says, in words, how what there is differs from what the migrations
// make, and what to do about something that they do not.
func differences(got, want []object, foreignMend string) (found []string) {
	for _, o := range got {
		if !slices.ContainsFunc(want, o.is) {
			found = append(found, "The database has something that empress did not make: "+o.String()+"."+foreignMend)
		} else if !slices.Contains(want, o) {
			found = append(found, "In the database "+o.String()+" is not as empress made it."+restoreMend)
		}
	}
	for _, o := range want {
		if !slices.ContainsFunc(got, o.is) {
			found = append(found, "In the database "+o.String()+" is missing."+restoreMend)
		}
	}
	return found
}

// is reports whether o and p go by the same name.
func (o object) is(p object) bool { return o.kind == p.kind && o.name == p.name }

func migratedSchema(ctx context.Context) ([]object, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection would have a database of its own
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range steps {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if _, err := db.ExecContext(ctx, string(text)); err != nil {
			return nil, err
		}
	}
	return schema(ctx, db)
}
