package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"empress/model"
)

// keyImport is what the flags of an import ask for.
type keyImport struct {
	format         string
	secrets        string
	dryRun         bool
	newApplication bool
}

func (t *tree) keysImport() *cobra.Command {
	var im keyImport
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Create many keys from a file, or none",
		Long: `Create a key for each line of a file (- is standard input): JSON objects, one on
a line, or CSV whose first line names the columns. The fields are application,
owner, scopes, networks, expires_at, purpose, rate, state, api_key and
api_secret. All but application may be left out, and mean what they mean to
"keys create". If any line is wrong nothing is imported, and the first twenty
that are wrong are named.

A line with api_key and api_secret brings in a pair that clients use already,
such as Frappe's. Unless it is of empress its secret counts as weak, and is to
be regenerated soon; an api_key of empress takes no such secret. Any other line
makes a new key, whose secret goes to the new file that --secrets names, as
KEY:SECRET. Keys that are expired or revoked are left out.`,
		Example: "  empress keys import keys.csv --dry-run\n  empress keys import keys.jsonl --secrets new.secrets",
		Args:    exactly(1, "a file, or - for standard input"),
	}
	f := cmd.Flags()
	f.StringVar(&im.format, "format", "", "the `form`: jsonl or csv; otherwise the first character tells")
	f.BoolVar(&im.dryRun, "dry-run", false, "check every line, and change nothing")
	f.BoolVar(&im.newApplication, "new-application", false, "make new applications although some have almost these names")
	if usage := "write the secrets that are made to this new `file`, for you alone to read"; t.here != nil {
		f.StringVar(&im.secrets, "secrets", "", usage)
	} else {
		noFileFlag(f, "secrets", usage, "Over SSH import pairs of api_key and api_secret, or create keys one by one.")
	}
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"format": fixed(keyFormats())})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := firstError(oneOf(cmd, "format", keyFormats()), filled(cmd, "secrets")); err != nil {
			return err
		}
		if t.here == nil && args[0] != "-" {
			return model.Errorf(model.CodeDenied, "Files are read on the computer that empress runs on. Give - and pipe yours in, which is standard input: ssh ... keys import - < FILE")
		}
		return t.importKeys(cmd.Context(), args[0], im)
	}
	return cmd
}

func (t *tree) importKeys(ctx context.Context, path string, im keyImport) error {
	s, err := t.Session(ctx)
	if err != nil {
		return err
	}
	if err := s.MayImport(ctx); err != nil { // before anything is read
		return err
	}
	release, err := t.takeTurn()
	if err != nil {
		return err
	}
	defer release()
	in, err := t.openImport(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	into, err := newSecretsFile(im.secrets, im.dryRun)
	if err != nil {
		return err
	}
	defer into.discard() // unless it is kept
	made, what := 0, t.newImport(ctx, in, im, into)
	if im.dryRun && into == nil {
		what.Deliver = func(model.Key, model.Secret) error { made++; return nil }
	}
	done, err := s.ImportKeys(ctx, what)
	if errors.Is(err, model.ErrUnknown) && into != nil {
		t.note("The new secrets are in %s: those of keys that `empress keys list` shows are valid.", im.secrets)
		return errors.Join(err, into.keep())
	}
	if err != nil {
		return t.wrongImport(err)
	}
	if err := into.keep(); err != nil {
		return model.Errorf(model.CodeFailed, "The keys were imported, but their new secrets could not be kept in %s: regenerate those of the new keys.", im.secrets).Because(err)
	}
	if made > 0 {
		t.note("%s to be made, so the import itself needs a file for it: --secrets FILE.", count(made, "secret"))
	}
	return t.printImported(done, im)
}

// maxPiped bounds what is read from anything but a file: it is held in memory,
// as nobody else can write while an import reads.
const maxPiped = 16 << 20

// Those who are elsewhere share the memory of a server and its database with
// whoever asks it: they import less at a time, and have to hand it over soon.
const (
	maxPipedElsewhere = 1 << 20
	maxLinesElsewhere = 5_000
	pipedElsewhere    = 2 * time.Minute
	turnsElsewhere    = 2 // imports at the same time
)

// takeTurn waits for nobody: where too many import already it says so.
func (t *tree) takeTurn() (release func(), err error) {
	if t.Turns == nil {
		return func() {}, nil
	}
	select {
	case t.Turns <- struct{}{}:
		return func() { <-t.Turns }, nil
	default:
		return nil, model.Errorf(model.CodeUnavailable, "%d imports over SSH are under way, so nothing was read. Try again in a moment.", cap(t.Turns))
	}
}

// openImport opens what is to be imported.
func (t *tree) openImport(ctx context.Context, path string) (io.ReadCloser, error) {
	if path == "-" && t.here == nil {
		ctx, cancel := context.WithTimeout(ctx, pipedElsewhere)
		defer cancel()
		in, err := readPiped(ctx, io.NopCloser(t.In), maxPipedElsewhere)
		if errors.Is(err, context.DeadlineExceeded) {
			err = model.Errorf(model.CodeInvalid, "The input did not end within two minutes, so nothing was imported. Pipe a whole file in: ssh ... keys import - < FILE")
		}
		return in, err
	}
	if path == "-" {
		return readPiped(ctx, io.NopCloser(t.In), maxPiped)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, model.Errorf(model.CodeFailed, "%s cannot be read. Give the path of a file with keys.", model.Printable(path)).Because(err)
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		return f, nil
	}
	return readPiped(ctx, f, maxPiped)
}

func readPiped(ctx context.Context, in io.ReadCloser, most int64) (io.ReadCloser, error) {
	content, err := await(ctx, func() ([]byte, error) {
		defer in.Close()
		return io.ReadAll(io.LimitReader(in, most+1))
	})
	if err != nil {
		return nil, firstError(ctx.Err(), unreadableImport(err))
	}
	if int64(len(content)) > most {
		return nil, model.Errorf(model.CodeInvalid, "Standard input takes %d MiB at most here. Give a file on the computer that empress runs on, or divide it.", most>>20)
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

func (t *tree) newImport(ctx context.Context, in io.Reader, im keyImport, into *secretsFile) model.Import {
	progress := t.newProgress("lines")
	i := model.Import{DryRun: im.dryRun, Settle: into.settle}
	if into != nil {
		i.Deliver = into.deliver
	}
	i.Each = func(yield func(model.ImportKey) error) error {
		defer progress.end()
		lines := 0
		return eachImported(in, keyFormat(im.format), func(k model.ImportKey) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if lines++; lines > maxLinesElsewhere && t.here == nil {
				return model.Errorf(model.CodeInvalid, "Over SSH an import takes %d lines at most, so nothing was imported. Divide it, or import it on the server.", maxLinesElsewhere)
			}
			k.Spec.NewApplication = im.newApplication
			progress.step()
			return yield(k)
		})
	}
	return i
}

// wrongImport says what is wrong with each line on a line of its own, where
// people read it.
func (t *tree) wrongImport(err error) error {
	e, ok := errors.AsType[*model.Error](err)
	if !ok || len(e.Also) == 0 || t.json {
		return err
	}
	for _, line := range e.Also {
		t.note("%s", line.Message)
	}
	whole := *e
	whole.Also = nil
	return &whole
}

func (t *tree) printImported(done model.Imported, im keyImport) error {
	if t.json {
		return encoder(t.out).Encode(struct {
			Imported    int    `json:"imported"`
			WeakSecrets int    `json:"weak_secrets"`
			LeftOut     int    `json:"left_out"`
			DryRun      bool   `json:"dry_run"`
			SecretsFile string `json:"secrets_file,omitempty"`
		}{done.Keys, done.Weak, done.Left, im.dryRun, model.Printable(im.secrets)})
	}
	did := "imported"
	if im.dryRun {
		did = "can be imported; nothing was changed"
	}
	_, err := fmt.Fprintf(t.out, "%s %s.\n", count(done.Keys, "key"), did)
	if done.Weak > 0 {
		t.note("%s of them weak, as empress did not make it, and due: `empress keys list --due` lists them, and `empress keys rotate --due` mends all.", count(done.Weak, "secret"))
	}
	if done.Left > 0 {
		t.note("%s left out: expired and revoked keys are not brought back.", count(done.Left, "line"))
	}
	return err
}
