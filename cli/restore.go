package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
)

// restoring is one restore under way.
type restoring struct {
	t              *tree
	paths          paths
	backup, events string
	over           bool // a database that holds nothing is there

	done   model.Restored
	later  *model.Later // nil without events
	logged []model.Entry
	oldLog string // where the log of before is now, "" for none
}

func (t *tree) restore() *cobra.Command {
	var events string
	var yes bool
	cmd := &cobra.Command{
		Use:     "restore FILE",
		GroupID: groupHere,
		Short:   "Make the database from a backup, once everything in it is checked",
		Long: `Make the database from a backup, once everything in it is checked with the
sealing key, which must be there. Where a team is already nothing is restored.

Since the backup any key may have been revoked or given another secret, so every
active key comes back suspended. With the events since then at hand, as a log of
changes or an export, those keys stay active that none of the events touches,
SSH keys that were removed and grants that were taken since end once more, and
names that applications were given since stay reserved. It can prove no more
than it holds: make sure that it ends where the trail did.

At a terminal it asks before it begins; elsewhere --yes is needed.`,
		Example: "  empress restore /mnt/backup/empress-2026-03-01.db --events changes.log --yes",
		Args:    exactly(1, "the path of a backup"),
	}
	cmd.Flags().StringVar(&events, "events", "", "the `file` of a log or an export that goes on from the backup")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := filled(cmd, "events"); err != nil {
			return err
		}
		if args[0] == "" {
			return usage(cmd, "Give the path of a backup.")
		}
		if !yes && !(isTerminal(t.In) && isTerminal(t.Err)) {
			return usage(cmd, "Restoring suspends keys and nobody is there to be asked, so it needs --yes.")
		}
		p, err := t.here.paths()
		if err != nil {
			return err
		}
		r := &restoring{t: t, paths: p, backup: args[0], events: events}
		return r.run(cmd.Context(), yes)
	}
	return cmd
}

func (r *restoring) run(ctx context.Context, yes bool) (err error) {
	if r.over, err = r.paths.roomFor(ctx); err != nil {
		return err
	}
	seal, err := readSealingKey(r.paths.key)
	if err != nil {
		return err
	}
	if !yes {
		if err := r.ask(ctx); err != nil {
			return err
		}
	}
	var made traces
	made.directories(r.paths.beside)
	if err := r.restore(ctx, seal); err != nil {
		made.remove()
		return notRestored(err)
	}
	r.beginLog()
	return r.print()
}

// roomFor returns an error where a database is in the way, and whether there is
// one that holds nothing.
func (p paths) roomFor(ctx context.Context) (over bool, err error) {
	if p.server != nil {
		return false, p.vacant(ctx)
	}
	path := p.database
	store, err := storage.Open(ctx, path)
	if errors.Is(err, storage.ErrNoDatabase) {
		_, err := os.Lstat(path)
		return err == nil, storage.Leftovers(path)
	}
	if err != nil {
		return false, model.Errorf(model.CodeConflict, "Something is at %s already, and nothing is restored over it. Move it away, and the files %s-wal and %s-shm with it.", path, path, path).Because(err)
	}
	founded, err := hasTeam(ctx, store)
	if founded {
		err = model.Errorf(model.CodeConflict, "There is a team in %s already, and nothing is restored over it. Give another path with --db, or move it away once no empress runs, and the files %s-wal and %s-shm with it.", path, path, path)
	}
	return true, errors.Join(err, store.Close())
}

func (r *restoring) ask(ctx context.Context) error {
	what := "Every key that is active in it is suspended."
	if r.events != "" {
		what = "Keys that the events do not prove current are suspended."
	}
	r.t.note("%s becomes the database %s. %s", r.backup, r.paths.database, what)
	fmt.Fprint(r.t.Err, "Type yes to restore: ")
	answer, err := readLine(ctx, r.t.In, maxAnswer)
	if err == nil && strings.TrimSpace(answer) != "yes" {
		err = model.Errorf(model.CodeFailed, "That is not yes, so nothing was restored.")
	}
	return err
}

func notRestored(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, model.ErrUnknown) {
		return err
	}
	return model.Errorf(model.CodeOf(err), "Nothing was restored. %s", model.Sentence(err)).Because(err)
}

// restore makes the database of a draft in which everything is done.
func (r *restoring) restore(ctx context.Context, seal *model.SealingKey) error {
	draft, err := storage.OpenDraft(ctx, r.backup, r.paths.beside)
	if err != nil {
		return err
	}
	defer draft.Discard() // unless it has its place
	service := model.NewService(draft, seal, time.Now).WithLog(func(es []model.Entry) { r.logged = append(r.logged, es...) })
	if _, err := service.Open(ctx); errors.Is(err, model.ErrNotInitialized) {
		return model.Errorf(model.CodeDamaged, "There is no team in %s, so it is no backup of one. Use another one.", r.backup).Because(err)
	} else if err != nil {
		return draft.Explain(err)
	}
	if err := r.readEvents(ctx, service); err != nil {
		return draft.Explain(err)
	}
	if r.done, err = service.Restore(ctx, effectiveUser().login, r.later); err != nil {
		return draft.Explain(err)
	}
	if r.paths.server == nil {
		return draft.Place(r.over)
	}
	store, err := storage.CreatePostgres(ctx, r.paths.server)
	if err != nil {
		return err
	}
	return errors.Join(draft.CopyTo(ctx, store), store.Close())
}

func (r *restoring) readEvents(ctx context.Context, service *model.Service) error {
	if r.events == "" {
		return nil
	}
	f, err := os.Open(r.events)
	if err != nil {
		return model.Errorf(model.CodeFailed, "The events %s cannot be read. Give the path of a log or an export, or leave --events out.", r.events).Because(err)
	}
	defer f.Close()
	r.later, err = service.ReadLater(ctx, f)
	return err
}

// beginLog moves the log of before away, which knows of events that the
// restored trail has not, and begins a new one.
func (r *restoring) beginLog() {
	if r.paths.log == "" {
		return
	}
	log := &r.t.here.log
	log.at(r.paths)
	var err error
	if r.oldLog, err = storage.MoveLogAside(log.path); err != nil {
		log.failed.Store(true)
		return
	}
	log.add(r.logged)
}

func (r *restoring) print() error {
	if r.t.json {
		return r.printJSON()
	}
	d := r.done
	facts := []fact{{"Team", d.Team}, {"Database", r.paths.database}, {"The backup ends", fmt.Sprintf("at event %d", d.Ended)}}
	if r.later != nil {
		facts = append(facts, fact{"The events end", fmt.Sprintf("at event %d, %s", r.later.To, shown(r.later.At, "with the backup"))})
	}
	facts = append(facts, fact{"Keys", fmt.Sprintf("%d active, %d suspended, %d revoked, %d missing", d.Active, d.Suspended, d.Revoked, len(r.missing()))})
	for _, k := range r.missing() {
		facts = append(facts, fact{"Missing", fmt.Sprintf("%s of %s, which was made after the backup", k.ID, k.Application)})
	}
	for _, n := range r.done.Reserved {
		facts = append(facts, fact{"Reserved", n.Name + ", a name " + reservedFor(n)})
	}
	if err := writeFacts(r.t.out, facts...); err != nil {
		return err
	}
	r.advise()
	return nil
}

// reservedFor says for what a name is reserved.
func reservedFor(n model.ReservedName) string {
	if n.Name == n.Application {
		return "of an application that was made after the backup, and is there again without its keys"
	}
	return "that " + n.Application + " was given after the backup"
}

func (r *restoring) missing() []model.MissingKey {
	if r.later == nil {
		return nil
	}
	return r.later.Missing
}

// advise says what is left to do.
func (r *restoring) advise() {
	if r.later != nil && r.later.Others > 0 {
		r.t.note("%s after the backup, to other things than keys, not made again:", count(r.later.Others, "change"))
		for _, sentence := range r.later.Undone {
			r.t.note("  %s", sentence)
		}
	}
	if r.done.Members > 0 {
		r.t.note("%s suspended, because they were removed, suspended or given another role or login after the backup. Settle it with `empress members`.", agreeing(r.done.Members, "member", "is", "are"))
	}
	if r.done.SSHKeys > 0 || r.done.Grants > 0 {
		r.t.note("%s removed and %s taken once more, as after the backup.", agreeing(r.done.SSHKeys, "SSH key", "is", "are"), agreeing(r.done.Grants, "grant", "is", "are"))
	}
	if r.later == nil {
		r.t.note("Names that applications were given after the backup are free again, as nothing tells of them.")
	}
	r.t.note("Look through the members, their grants and their SSH keys: other than that they are as they were when the backup was made.")
	if r.oldLog != "" {
		r.t.note("The log of before is now %s.", filepath.Base(r.oldLog))
	}
	if r.done.Suspended > 0 {
		r.t.note("Resume a suspended key when you know that its secret is the latest one; otherwise regenerate it first.")
	}
}

func (r *restoring) printJSON() error {
	type missingJSON struct {
		APIKey      string `json:"api_key"`
		Application string `json:"application"`
	}
	missing := []missingJSON{}
	for _, k := range r.missing() {
		missing = append(missing, missingJSON{model.Printable(string(k.ID)), model.Printable(k.Application)})
	}
	type reservedJSON struct {
		Name        string `json:"name"`
		Application string `json:"application"`
	}
	reserved := []reservedJSON{}
	for _, n := range r.done.Reserved {
		reserved = append(reserved, reservedJSON{model.Printable(n.Name), model.Printable(n.Application)})
	}
	var eventsEnd *int64
	undone := []string{}
	if r.later != nil {
		eventsEnd, undone = &r.later.To, append(undone, printables(r.later.Undone)...)
	}
	return encoder(r.t.out).Encode(map[string]any{"team": model.Printable(r.done.Team), "database": model.Printable(r.paths.database),
		"backup_ends": r.done.Ended, "events_end": eventsEnd, "active": r.done.Active, "suspended": r.done.Suspended, "revoked": r.done.Revoked, "members_suspended": r.done.Members,
		"ssh_keys_removed": r.done.SSHKeys, "grants_taken": r.done.Grants,
		"missing": missing, "reserved": reserved, "not_made_again": undone, "log_of_before": text(r.oldLog)})
}
