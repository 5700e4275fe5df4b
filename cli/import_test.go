package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"empress/model"
)

// imported reads all keys of a text.
func imported(text string, format keyFormat) (ks []model.ImportKey, err error) {
	err = eachImported(strings.NewReader(text), format, func(k model.ImportKey) error {
		ks = append(ks, k)
		return nil
	})
	return ks, err
}

// Whatever a file holds, each line is a key or a clear error with its number,
// and no error repeats what may be a secret.
func FuzzImportLine(f *testing.F) {
	for _, text := range []string{"", "\ufeff{}", `{"application":"billing","scopes":["a"],"expires_at":null}`, `{"api_secret":12345678901234}`, `{"application":1e999}`,
		`{"a` + "\x00" + `":1}`, "application,api_key,api_secret\nbilling,0123456789abcde,fedcba987654321", "application\n\"", "application,application\n", "a\r\rb", "{\n{}\n[]\n{} {}"} {
		f.Add(text, "jsonl")
		f.Add(text, "csv")
		f.Add(text, "")
	}
	f.Fuzz(func(t *testing.T, text, format string) {
		if format != string(formatJSONLines) && format != string(formatKeyCSV) {
			format = ""
		}
		ks, err := imported(text, keyFormat(format))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		line := 0
		for _, k := range ks {
			if k.Line < line || k.Line < 1 {
				t.Fatalf("%q: line %d after line %d", text, k.Line, line)
			}
			line = k.Line
			if k.Wrong != nil {
				if said := model.Sentence(k.Wrong); !errors.Is(k.Wrong, model.ErrInvalid) || model.Printable(said) != said || !strings.HasSuffix(strings.TrimSpace(said), ".") && !strings.HasSuffix(said, "}.") {
					t.Errorf("%q: %q", text, said)
				}
			} else if (k.ID == "") != k.Secret.Empty() {
				t.Errorf("%q: half a pair: %s", text, k.ID)
			}
		}
	})
}

// No secret is in what is said of a line that is wrong.
func TestImportRepeatsNoSecret(t *testing.T) {
	const secret = "fedcba987654321"
	for _, text := range []string{
		`{"application":"a","api_key":"0123456789abcde","api_secret":"` + secret + `","x":1}`, `{"api_secret":"` + secret + ` x","api_key":"0123456789abcde"}`,
		`{"api_secret":"` + secret + `"`, `{"` + secret + `":1}`, `{"api_secret":["` + secret + `"]}`, `"` + secret + `"`, secret, `{"api_key":"` + secret + `:x","api_secret":"` + secret + `"}`,
		"api_key,api_secret\nx," + secret, "application,api_secret,api_key\na,b" + secret + ":,0123456789abcde", "api_secret\n\"" + secret, "api_secret\na," + secret,
	} {
		ks, err := imported(text, "")
		if err != nil || len(ks) != 1 || ks[0].Wrong == nil {
			t.Errorf("%q: %d keys, %v", text, len(ks), err)
			continue
		}
		if said := model.Sentence(ks[0].Wrong) + ks[0].Wrong.Error(); strings.Contains(said, secret) {
			t.Errorf("%q: said %q", text, said)
		}
	}
}

// What a file holds is never held as a whole: neither by many lines, nor by a
// quote that is not closed.
func TestImportHoldsNoFile(t *testing.T) {
	for name, text := range map[string]string{
		"a quote":      "application,purpose\na,\"" + strings.Repeat("never closed\n", 200_000),
		"a long line":  `{"application":"` + strings.Repeat("a", 3<<20) + `"}`,
		"a long field": "application\n" + strings.Repeat("a", 3<<20),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ks, err := imported(text, "")
		runtime.ReadMemStats(&after)
		if err != nil || len(ks) != 1 || ks[0].Wrong == nil || ks[0].Line < 1 || ks[0].Line > 3 {
			t.Errorf("%s: %d keys, %v", name, len(ks), err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 2<<20 {
			t.Errorf("%s took %d bytes", name, took)
		}
	}
}

// A cell that was made harmless is read as what it was.
func TestPlainCell(t *testing.T) {
	for _, cell := range append([]string{"'abc", "''=1", "'", "-key_0123"}, hostileCells...) {
		var b bytes.Buffer
		if err := writeCSV(&b, cell); err != nil {
			t.Fatal(err)
		}
		cells, err := csv.NewReader(&b).Read()
		if cell == "" && err == nil {
			continue
		}
		if err != nil || plainCell(cells[0]) != model.Printable(cell) {
			t.Errorf("%q is written %q and read as %q, %v", cell, cells, plainCell(cells[0]), err)
		}
	}
}

// Somebody who is elsewhere pipes keys in, and reads them on standard output.
func TestImportElsewhere(t *testing.T) {
	p, _ := founded(t)
	var out, said bytes.Buffer
	p.In, p.Out, p.Err = strings.NewReader("application,api_key,api_secret\nerp,0123456789abcde,fedcba987654321\n"), &out, &said
	if code := p.Run(t.Context(), []string{"keys", "import", "-"}); code != 0 || out.String() != "1 key imported.\n" {
		t.Errorf("exit code %d, printed %q, said %q", code, out.String(), said.String())
	}
	if code, out, said := do(t, p, "keys", "export"); code != 0 || !strings.HasPrefix(out, `{"api_key":"0123456789abcde"`) {
		t.Errorf("exit code %d, printed %q, said %q", code, out, said)
	}
	_, _, refused := do(t, p, "keys", "import", "-", "--secrets", "x")
	if !strings.Contains(refused, "which nobody does over SSH") || strings.Contains(refused, "> FILE") {
		t.Errorf("refused with %q", refused)
	}
	_, err := readPiped(t.Context(), io.NopCloser(strings.NewReader(strings.Repeat(" ", maxPiped+1))), maxPiped)
	if model.CodeOf(err) != model.CodeInvalid || !strings.Contains(model.Sentence(err), "16 MiB at most") {
		t.Errorf("too much: %v", err)
	}
}
