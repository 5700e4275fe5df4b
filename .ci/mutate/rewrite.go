package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// switches is a file that the package gets beside its own: what the wrapped
// places call.
//
//go:embed switch.go.txt
var switches []byte

// insertion is text that is put into a file. Of several at one place, those
// that close come first, the innermost first, and then the outermost opens.
type insertion struct {
	at, other token.Pos
	text      string
}

func (a insertion) compare(b insertion) int {
	opens := func(i insertion) int {
		if i.at < i.other {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(opens(a), opens(b)), cmp.Compare(b.other, a.other))
}

// overlay writes the package with every mutant in it, all of them off, into
// dir, and returns the path of what `go test -overlay` takes.
func (s *source) overlay(dir string) (string, error) {
	var all []insertion
	for _, m := range s.mutants {
		before := strings.Replace(m.before, "%d", fmt.Sprint(m.number), 1)
		all = append(all, insertion{m.from, m.to, before}, insertion{m.to, m.from, m.after})
	}
	for _, fn := range s.graph.funcs["append"] { // an event without its action is left out
		e := fn.Type.Params.List[len(fn.Type.Params.List)-1].Names[0].Name
		at := fn.Body.Lbrace + 1
		all = append(all, insertion{at, at, " if " + e + ".Action == silence { return nil };"})
	}
	slices.SortStableFunc(all, insertion.compare)
	replaced := map[string]string{}
	for _, f := range s.files {
		path := s.set.Position(f.Package).Filename
		text := s.inserted(f, all)
		if err := put(dir, path, text, replaced); err != nil {
			return "", err
		}
	}
	first := s.set.Position(s.files[0].Package).Filename
	if err := put(dir, filepath.Join(filepath.Dir(first), "switch.go"), switches, replaced); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}

// inserted is the text of a file with what belongs into it.
func (s *source) inserted(f *ast.File, all []insertion) []byte {
	file := s.set.File(f.Package)
	text, done := s.text[file.Name()], 0
	var out bytes.Buffer
	for _, i := range all {
		if s.set.File(i.at) != file {
			continue
		}
		at := file.Offset(i.at)
		out.Write(text[done:at])
		out.WriteString(i.text)
		done = at
	}
	out.Write(text[done:])
	return out.Bytes()
}

// put writes a file of the overlay, which stands for the one at path.
func put(dir, path string, text []byte, replaced map[string]string) error {
	real, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	replaced[real] = filepath.Join(dir, filepath.Base(path))
	return os.WriteFile(replaced[real], text, 0o600)
}
