package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"empress/model"
)

// exportFormat is what an export is written in.
type exportFormat string

const (
	formatJSON exportFormat = "json"
	formatCSV  exportFormat = "csv"
)

func (t *tree) auditExport() *cobra.Command {
	var filter eventFilter
	var format, out string
	formats := []exportFormat{formatJSON, formatCSV}
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the events out, the oldest first",
		Long: `Write the events out, the oldest first. In JSON each line is one event with all
that its seal covers, so that the chain can be checked again from the file with
the sealing key. CSV is for spreadsheets: what they would calculate begins with
an apostrophe there.`,
		Example: "  empress audit export --since 30d --format csv > march.csv",
	}
	cmd.Flags().StringVar(&format, "format", string(formatJSON), "the `form`: json, one event on each line, or csv")
	t.newFileFlag(cmd.Flags(), &out, "out", "write to this new `file`, for you alone to read")
	t.addEventFilter(cmd, &filter)
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"format": fixed(formats)})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		q, err := filter.parsed(cmd)
		if err = firstError(err, oneOf(cmd, "format", formats), filled(cmd, "out")); err != nil {
			return err
		}
		if t.json && exportFormat(format) == formatCSV {
			return usage(cmd, "--json and --format csv are two forms. Choose one.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		if out == "" {
			_, err := exportEvents(cmd.Context(), s, q, exportFormat(format), t.out)
			return err
		}
		return t.exportEventsTo(cmd.Context(), s, q, exportFormat(format), out)
	}
	return cmd
}

func (t *tree) exportEventsTo(ctx context.Context, s *model.Session, q model.EventQuery, format exportFormat, path string) error {
	if err := s.Can(model.AuditView, model.Target{}); err != nil {
		return err // before a file is made
	}
	return t.exportTo(path, "event", func(w io.Writer) (int, error) { return exportEvents(ctx, s, q, format, w) })
}

// exportEvents writes the events a window at a time, and returns how many.
func exportEvents(ctx context.Context, s *model.Session, q model.EventQuery, format exportFormat, w io.Writer) (int, error) {
	write := writeEntry
	if format == formatCSV {
		write = writeEntryCSV
		if err := writeCSV(w, entryColumns...); err != nil {
			return 0, notWritten(err)
		}
	}
	q.Limit = model.MaxWindow
	for n := 0; ; {
		entries, err := s.Entries(ctx, q)
		if err != nil {
			return n, err
		}
		for _, e := range entries {
			if err := write(w, e); err != nil {
				return n, notWritten(err)
			}
			n++
		}
		if len(entries) < q.Limit {
			return n, nil
		}
		q.After = entries[len(entries)-1].Seq
	}
}

// notWritten keeps the words of whoever has some.
func notWritten(err error) error {
	if _, ok := errors.AsType[*model.Error](err); ok {
		return err
	}
	return unwritten(err)
}

func writeEntry(w io.Writer, e model.Entry) error {
	line, err := e.Line()
	if err == nil {
		_, err = w.Write(line)
	}
	return err
}

// entryColumns are the columns of CSV: those of the JSON form, and the event in
// words.
var entryColumns = []string{"sequence", "at", "actor_id", "actor", "via", "from", "action", "outcome", "api_key", "application", "member",
	"generation", "state", "changes", "note", "sentence", "previous", "mac"}

func writeEntryCSV(w io.Writer, e model.Entry) error {
	at := ""
	if !e.At.IsZero() {
		at = e.At.UTC().Format(time.RFC3339Nano)
	}
	changes := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		changes[i] = fmt.Sprintf("%s: %s → %s", c.Field, c.Before, c.After)
	}
	return writeCSV(w, strconv.FormatInt(e.Seq, 10), at, strconv.FormatInt(int64(e.Actor), 10), e.ActorEmail, string(e.Via), e.From,
		string(e.Action), string(e.Outcome), string(e.Key), e.Application, e.Member, strconv.FormatInt(int64(e.Generation), 10), string(e.State),
		strings.Join(changes, "; "), e.Note, e.Sentence(), hex.EncodeToString(e.Previous), hex.EncodeToString(e.MAC))
}
