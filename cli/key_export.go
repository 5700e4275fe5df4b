package cli

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) keysExport() *cobra.Command {
	var q keyFilter
	var format, out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the keys out, without their secrets",
		Long: `Write the keys that you may see to standard output, or to a new file, without
their secrets: all of them unless a flag narrows the list. ` + "`empress keys import`" + `
reads it again. As nobody can know a secret again, each line then makes a new
key, with a new API key and a new secret, for the same application and owner.`,
		Example: "  empress keys export --application billing --format csv > billing.csv",
	}
	cmd.Flags().StringVar(&format, "format", string(formatJSONLines), "the `form`: jsonl, one key on each line, or csv")
	t.newFileFlag(cmd.Flags(), &out, "out", "write to this new `file`, for you alone to read")
	t.addKeyFilter(cmd, &q)
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"format": fixed(keyFormats())})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := firstError(q.check(cmd), oneOf(cmd, "format", keyFormats()), filled(cmd, "out")); err != nil {
			return err
		}
		if t.json && keyFormat(format) == formatKeyCSV {
			return usage(cmd, "--json and --format csv are two forms. Choose one.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		if err := applicationExists(cmd.Context(), s, q.KeyQuery); err != nil {
			return err
		}
		if out == "" {
			_, err := exportKeys(cmd.Context(), s, q.KeyQuery, keyFormat(format), t.out)
			return err
		}
		return t.exportTo(out, "key", func(w io.Writer) (int, error) {
			return exportKeys(cmd.Context(), s, q.KeyQuery, keyFormat(format), w)
		})
	}
	return cmd
}

// exportKeys writes the keys a window at a time, and returns how many.
func exportKeys(ctx context.Context, s *model.Session, q model.KeyQuery, format keyFormat, w io.Writer) (int, error) {
	if format == formatKeyCSV {
		if err := writeCSV(w, exportColumns...); err != nil {
			return 0, notWritten(err)
		}
	}
	n := 0
	err := eachWindow(ctx, s, q, 0, func(ks []model.Key) error {
		for _, k := range ks {
			if err := exportKey(w, newKeyJSON(k, s.Now()), format); err != nil {
				return notWritten(err)
			}
			n++
		}
		return nil
	})
	return n, err
}

func exportKey(w io.Writer, k keyJSON, format keyFormat) error {
	if format == formatJSONLines {
		return encoder(w).Encode(k)
	}
	used := UsedJSON{}
	if k.UsedJSON != nil {
		used = *k.UsedJSON
	}
	return writeCSV(w, k.APIKey, k.Application, k.Owner, k.Purpose, k.State, strings.Join(k.Scopes, " "), strings.Join(k.Networks, " "), cellOf(k.Rate, ""),
		cellOf(k.ExpiresAt, "never"), strconv.FormatInt(int64(k.Generation), 10), cellOf(k.CreatedAt, ""), cellOf(k.SecretCreatedAt, ""),
		cellOf(used.LastUsedAt, ""), cellOf(used.LastUsedFrom, ""), strconv.FormatBool(k.WeakSecret))
}

// cellOf is a cell for what may be null in JSON.
func cellOf(s *string, null string) string {
	if s == nil {
		return null
	}
	return *s
}
