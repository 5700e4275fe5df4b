package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
)

// migration is one move under way.
type migration struct {
	t        *tree
	from, to paths
	source   *installation
	session  *model.Session
	progress *progress

	arrived bool // everything is in its new place for good
	done    model.Moved
}

func (t *tree) migrate() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:     "migrate",
		GroupID: groupHere,
		Short:   "Move the team from a file to a PostgreSQL database",
		Long: `Move the team from a database that is a file to a PostgreSQL database, in which
there is no team yet. Keys, secrets, members and the trail stay as they are.

Everything is checked on both sides: each row, every seal and the trail. All of
it is moved or nothing, and a move that was broken off can be repeated. Nobody
can change anything meanwhile. Afterwards the file can be read, but not changed.

It needs the permission policy.manage. Put an address that holds a password in
EMPRESS_DB and leave --to out, or the password in the file of PGPASSFILE.`,
		Example: "  empress migrate --from empress.db --to postgres://empress@db.example.com/empress",
	}
	cmd.Flags().StringVar(&from, "from", "", "the database `file` (otherwise empress/empress.db in the directory for data)")
	cmd.Flags().StringVar(&to, "to", "", "the `address` of a PostgreSQL database, postgres://... (otherwise EMPRESS_DB)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := filled(cmd, "from", "to"); err != nil {
			return err
		}
		m := migration{t: t}
		if err := m.places(cmd, from, first(to, t.here.database, t.variable("EMPRESS_DB"))); err != nil {
			return err
		}
		return m.run(cmd.Context())
	}
	return cmd
}

// places finds out what is moved where.
func (m *migration) places(cmd *cobra.Command, from, to string) (err error) {
	if storage.IsAddress(from) {
		return usage(cmd, "--from takes the path of a database that is a file.")
	}
	if !storage.IsAddress(to) {
		return usage(cmd, "Give the address of a PostgreSQL database, postgres://USER@HOST/DATABASE, with --to or in EMPRESS_DB.")
	}
	here := m.t.here
	target := &installation{streams: here.streams, database: to, keyFile: here.keyFile}
	target.warned = !cmd.Flags().Changed("to") && here.database == "" // it is not on the command line
	if m.to, err = target.paths(); err != nil {
		return err
	}
	m.source = &installation{streams: here.streams, database: first(from, defaultDatabase()), keyFile: here.keyFile}
	m.from, err = m.source.paths()
	if err == nil && m.from.log == m.to.log { // it goes on there
		m.source.streams.Environ = append(m.source.streams.Environ[:len(m.source.streams.Environ):len(m.source.streams.Environ)], "EMPRESS_LOG="+noLog)
	}
	return err
}

func (m *migration) run(ctx context.Context) (err error) {
	defer func() { m.source.close() }()
	if m.session, err = m.source.signIn(ctx, model.Identity{Via: model.ViaCommand}); err != nil {
		return err
	}
	store, err := storage.CreatePostgres(ctx, m.to.server)
	if err != nil {
		return err
	}
	var made traces
	if err = m.copyKeys(&made); err == nil {
		err = m.move(ctx, store)
	}
	if err = errors.Join(err, store.Close()); err != nil {
		if !m.arrived && !errors.Is(err, model.ErrUnknown) {
			made.remove()
		}
		return m.broken(err)
	}
	if m.to.log != "" && len(m.done.Logged) > 0 {
		m.t.here.log.at(m.to)
		m.t.here.log.add(m.done.Logged)
	}
	return m.print()
}

// copyKeys puts the sealing key, and the key by which an SSH server is known, to
// where they are looked for from now on.
func (m *migration) copyKeys(made *traces) error {
	if m.from.key != m.to.key {
		if err := made.copied(m.to.key, m.from.key, storage.CopyKeyFile); err != nil {
			return err
		}
	}
	return made.copied(m.to.hostKey(), m.from.hostKey(), storage.CopyHostKey)
}

// copied copies a file.
func (t *traces) copied(to, from string, file func(from, to string) (bool, error)) error {
	t.directories(to)
	made, err := file(from, to)
	if made {
		*t = append(*t, func() { _ = os.Remove(to) })
	}
	return err
}

func (m *migration) move(ctx context.Context, to *storage.Postgres) (err error) {
	from := m.source.store.(*storage.Store)
	m.progress = m.t.newProgress("rows")
	m.done, err = m.session.Move(ctx, m.from.database, m.to.database, func(here model.Writer, begin func(model.Writer) (bool, error), settle func(model.Writer) error) error {
		err := from.MoveTo(ctx, here, to, m.progress.step, begin, settle)
		m.arrived = err == nil
		return err
	})
	m.progress.end()
	return err
}

// broken says what became of a move that came to no good end.
func (m *migration) broken(err error) error {
	switch {
	case errors.Is(err, context.Canceled) && !m.arrived, errors.Is(err, model.ErrUnknown):
		return err
	case m.arrived:
		return model.Errorf(model.CodeOf(err), "Everything is in %s now, but %s can still be changed. Run the same again to end that. %s", m.to.database, m.from.database, model.Sentence(err)).Because(err)
	}
	return model.Errorf(model.CodeOf(err), "Nothing was moved. %s", model.Sentence(err)).Because(err)
}

func (m *migration) print() error {
	t, d := m.t, m.done
	if t.json {
		return encoder(t.out).Encode(map[string]any{"team": model.Printable(d.Team), "from": model.Printable(m.from.database), "to": model.Printable(m.to.database),
			"sealing_key": model.Printable(m.to.key), "keys": d.Keys, "events": d.Ended})
	}
	err := writeFacts(t.out, fact{"Team", d.Team}, fact{"From", m.from.database}, fact{"To", m.to.database}, fact{"Sealing key", m.to.key},
		fact{"Moved", fmt.Sprintf("%s and %s, checked on both sides", count(d.Keys, "key"), count(d.Ended, "event"))})
	if err != nil {
		return err
	}
	if d.Before {
		t.note("All of it was there already: an earlier move was broken off before its end.")
	}
	t.note("Give everybody the new address in EMPRESS_DB, and every computer the sealing key. Then start the servers again: one that still runs on the file")
	t.note("goes on allowing requests by what the file says, and knows of no change from now on.")
	t.note("The file can be read, but not changed any more. Keep it until the new database has been backed up.")
	return nil
}

// stays returns an error where the team has moved to another database.
func stays(ctx context.Context, store model.Store) error {
	if file, ok := store.(*storage.Store); ok {
		return file.Stays(ctx)
	}
	return nil
}
