package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"empress/model"
	"empress/storage"
)

// finding is the result of one check of an installation.
type finding struct {
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

// examination checks an installation part by part, so that a broken one hides
// as little as possible of the rest.
type examination struct {
	ctx      context.Context // of the one command that it serves
	paths    paths
	store    engine         // nil when it cannot be opened
	teamless bool           // nothing was founded here yet
	service  *model.Service // nil without the right sealing key
	findings []finding
}

func (e *examination) fine(check, format string, args ...any) {
	e.findings = append(e.findings, finding{check, true, model.Printable(fmt.Sprintf(format, args...))})
}

func (e *examination) wrong(check, sentence string) {
	e.findings = append(e.findings, finding{check, false, model.Printable(sentence)})
}

func (e *examination) all() []finding {
	file := e.paths.database
	if e.paths.server != nil {
		file = ""
	}
	loose := storage.LoosePermissions(file, e.paths.key) // before SQLite makes files of its own
	if e.database(); e.store != nil {
		e.permissions(loose)
	}
	if e.paths.server == nil {
		e.drafts()
	} else {
		e.server()
	}
	e.sealingKey()
	e.hostKey()
	if e.store != nil {
		defer e.store.Close() //nolint:errcheck // nothing was written
		e.structure()
		e.usage()
		e.log()
		e.members()
		e.secrets()
	}
	if e.service != nil {
		e.sealing()
		e.trail()
		e.clock()
	}
	return e.findings
}

func (e *examination) database() {
	store, err := e.paths.open(e.ctx)
	if err != nil {
		e.teamless = errors.Is(err, storage.ErrNoDatabase)
		e.wrong("database", model.Sentence(err))
		return
	}
	e.store = store
	if founded, err := hasTeam(e.ctx, store); err != nil {
		e.wrong("database", model.Sentence(err))
	} else if !founded {
		e.teamless = true
		e.wrong("database", "The database "+e.paths.database+" has no team yet. Run `empress`, or `empress init` with --team, --name and --email.")
	} else if err := stays(e.ctx, store); err != nil {
		e.wrong("database", model.Sentence(err))
	} else {
		e.fine("database", "%s can be read, and its schema is that of this program.", e.paths.database)
	}
}

// permissions tells what LoosePermissions found. It is only asked for once the
// file has proved to be a database of ours: advice on others would do harm.
func (e *examination) permissions(loose []string) {
	for _, sentence := range loose {
		e.wrong("permissions", sentence)
	}
	if len(loose) == 0 {
		e.fine("permissions", "Nobody else may read or replace the files.")
	}
}

// drafts finds what a restore leaves when it is killed: copies of a backup.
func (e *examination) drafts() {
	drafts, err := storage.Drafts(e.paths.database)
	switch {
	case err != nil:
		e.wrong("restore", model.Sentence(err))
	case len(drafts) == 0:
		e.fine("restore", "No restore was broken off.")
	}
	for _, path := range drafts {
		e.wrong("restore", path+" was left by a restore that was broken off. Once no `empress restore` runs, remove it, and restore again if there is no team yet.")
	}
}

func (e *examination) sealingKey() {
	seal, err := readSealingKey(e.paths.key)
	if e.teamless && errors.Is(err, model.ErrNotFound) {
		e.fine("sealing key", "There is none yet: it is made with the team.")
		return
	}
	if err != nil {
		e.wrong("sealing key", model.Sentence(err))
		return
	}
	if e.store == nil {
		e.fine("sealing key", "%s can be read.", e.paths.key)
		return
	}
	service := model.NewService(e.store, seal, time.Now)
	if _, err := service.Open(e.ctx); err != nil {
		e.wrong("sealing key", model.Sentence(err))
		return
	}
	e.service = service
	e.fine("sealing key", "%s belongs to this database.", e.paths.key)
}

func (e *examination) usage() {
	_, err := e.store.Usages(e.ctx, []model.KeyID{""})
	if err == nil {
		_, err = e.store.SignIns(e.ctx, 0)
	}
	if err != nil {
		e.wrong("usage", "When keys were last used, and members last signed in, cannot be read. "+model.Sentence(err))
		return
	}
	e.fine("usage", "When keys were last used, and members last signed in, can be read.")
}

// secrets counts those that nobody confirmed. They work, so that is no fault
// of the installation.
func (e *examination) secrets() {
	var counts model.KeyCounts
	now := model.Millis(time.Now())
	err := e.store.Read(e.ctx, func(r model.Reader) (err error) {
		counts, err = r.KeyCounts(model.Visible{All: true}, now, now)
		return err
	})
	switch {
	case err != nil:
		e.wrong("secrets", model.Sentence(err))
	case counts.Unconfirmed > 0:
		e.fine("secrets", "%s may not have reached anybody: `empress keys list` says which are not confirmed. Regenerate those that were not stored.",
			count(counts.Unconfirmed, "secret"))
	default:
		e.fine("secrets", "No secret is waiting to be confirmed.")
	}
}

func (e *examination) trail() {
	report, err := e.service.CheckAudit(e.ctx)
	if err != nil {
		e.wrong("trail", model.Sentence(err))
		return
	}
	for _, p := range report.Problems {
		e.wrong("trail", p)
	}
	if report.Found == 0 {
		e.fine("trail", "%s and %s fit together.", count(report.Events, "event"), count(report.Keys, "key"))
	}
}

func (e *examination) clock() {
	behind, tooFar := e.service.ClockBehind()
	switch {
	case e.service.MarkSpoilt():
		e.wrong("clock", "The stored clock mark, or the end of the trail, was changed outside empress, so keys that expire are denied. Look whether the clock is right; then an administrator runs `empress doctor --reset-clock`.")
	case tooFar:
		e.wrong("clock", "The clock is "+behind+" behind the latest time that empress knows of, so keys that expire are denied. Set it right; if it is right now, an administrator runs `empress doctor --reset-clock`.")
	case behind != "":
		e.fine("clock", "The clock is %s behind the latest time that empress knows of, which does no harm.", behind)
	default:
		e.fine("clock", "The clock is not behind the latest time that empress knows of.")
	}
}
