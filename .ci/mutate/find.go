package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"hash/fnv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kind is what a mutant takes away.
type kind string

const (
	permission kind = "permission" // a check of who may do or see something
	rule       kind = "rule"       // a condition within such a check, a refusal for what is there already, a reason of the verifier
	event      kind = "event"      // an entry of the trail
	swap       kind = "swap"       // a comparison with what the caller, or the transaction, saw before
)

// least is how many of each kind there are at least. Far fewer mean that the
// code has taken a form which this program does not recognise any more.
var least = map[kind]int{permission: 80, rule: 100, event: 50, swap: 18}

// mutant is one place of which the text is wrapped so that it can be switched
// off while the tests run.
type mutant struct {
	number int // from 1
	kind   kind
	in     string // the function
	text   string // that is taken away
	at     token.Position
	from   token.Pos
	to     token.Pos
	before string // is put before the text, with the number in place of %d
	after  string
}

// name tells a mutant from others without the number of its line.
func (m mutant) name() string { return fmt.Sprintf("%s in %s: %s", m.kind, m.in, m.text) }

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %s", m.at.Filename, m.at.Line, m.name())
}

// source is the package under test as it is written.
type source struct {
	set     *token.FileSet
	files   []*ast.File
	text    map[string][]byte // by path
	actions map[string]bool   // the constants of type Action
	guards  map[string]bool   // functions that only refuse
	graph   graph
	mutants []mutant
	seen    map[string]int // how often a name was met
}

// read parses the files of dir that are no tests, and finds the mutants.
func read(dir string) (*source, error) {
	text := map[string][]byte{}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		if text[path], err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	s, err := find(text)
	if err != nil {
		return nil, err
	}
	return s, s.lacks()
}

// find finds the mutants of the files of one package, by path.
func find(text map[string][]byte) (*source, error) {
	s := &source{set: token.NewFileSet(), text: text, seen: map[string]int{}}
	for _, path := range slices.Sorted(maps.Keys(text)) {
		f, err := parser.ParseFile(s.set, path, text[path], parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, f)
	}
	s.graph = newGraph(s.files)
	s.actions, s.guards = constants(s.files, "Action"), s.graph.guards()
	for _, f := range s.files {
		for _, d := range f.Decls {
			s.declaration(d)
		}
	}
	return s, nil
}

// seed is a number that is the same for the same files.
func (s *source) seed() uint64 {
	h := fnv.New64a()
	for _, path := range slices.Sorted(maps.Keys(s.text)) {
		h.Write(s.text[path])
	}
	return h.Sum64()
}

// constants are the names of the constants of a type.
func constants(files []*ast.File, of string) map[string]bool {
	names := map[string]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && isIdent(v.Type, of) {
				for _, name := range v.Names {
					names[name.Name] = true
				}
			}
			return true
		})
	}
	return names
}

// of is the text of n.
func (s *source) of(n ast.Node) string {
	from, to := s.set.Position(n.Pos()), s.set.Position(n.End())
	return string(s.text[from.Filename][from.Offset:to.Offset])
}

// add notes a mutant of the text of n.
func (s *source) add(k kind, in string, n ast.Node, before, after string) {
	at := s.set.Position(n.Pos())
	m := mutant{number: len(s.mutants) + 1, kind: k, in: in, at: at, from: n.Pos(), to: n.End(), before: before, after: after}
	m.text = strings.Join(strings.Fields(s.of(n)), " ")
	if s.seen[m.name()]++; s.seen[m.name()] > 1 {
		m.text += fmt.Sprintf(" (%d)", s.seen[m.name()])
	}
	s.mutants = append(s.mutants, m)
}

// declaration finds the mutants of one function, or of variables.
func (s *source) declaration(d ast.Decl) {
	in := declared(d)
	ast.PreorderStack(d, nil, func(n ast.Node, above []ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if s.actions[n.Name] && told(above) {
				s.add(event, in, n, "untold(%d, ", ")")
			}
		case *ast.CallExpr:
			s.call(in, n, above[len(above)-1])
		case *ast.IfStmt:
			s.condition(d, n.Cond, n.Body.List)
		case *ast.CaseClause:
			if choice, ok := above[len(above)-2].(*ast.SwitchStmt); ok && choice.Tag == nil {
				for _, cond := range n.List {
					s.condition(d, cond, n.Body)
				}
			}
		case *ast.ReturnStmt:
			for _, result := range n.Results {
				s.operands(d, result)
			}
		}
		return true
	})
}

// told reports whether an action at that place gets into an event, and is not
// compared with, listed or looked up.
func told(above []ast.Node) bool {
	switch parent := above[len(above)-1].(type) {
	case *ast.CallExpr, *ast.AssignStmt:
		return true
	case *ast.CompositeLit:
		return parent.Type == nil // a row of a table: {action, permission}
	case *ast.KeyValueExpr:
		of, ok := above[len(above)-2].(*ast.CompositeLit)
		return ok && isIdent(of.Type, "Event")
	}
	return false
}

// call finds what can be taken away of a call that stands in parent.
func (s *source) call(in string, n *ast.CallExpr, parent ast.Node) {
	_, alone := parent.(*ast.ExprStmt)
	name := called(n)
	if id, ok := n.Fun.(*ast.Ident); ok && s.guards[id.Name] {
		name = id.Name
	}
	switch {
	case alone && (name == "recordDenial" || name == "settleDenials" || name == "recordAttempts" || name == "log"):
		s.add(event, in, n, "if !cut(%d) { ", " }")
	case name == "recordAttempts":
		s.add(event, in, n, "(cut(%d) || ", ")")
	case name == "tell" || name == "append" || name == "AppendEvent":
		s.add(event, in, n, "skipped(%d, func() error { return ", " })")
	case name == "why":
		s.add(permission, in, n, "granted(%d)(", ")")
	case name == "visible" || name == "visibleApplications":
		s.add(permission, in, n, "everything(%d, ", ")")
	case s.graph.deciding[name] && (name == "may" || s.guards[name]):
		s.add(permission, in, n, "unrefused(%d, ", ")")
	case s.guards[name]:
		s.add(rule, in, n, "unrefused(%d, ", ")")
	case name == "UpdateKey" && len(n.Args) == 3:
		w, id := s.of(n.Fun.(*ast.SelectorExpr).X), s.of(n.Args[0])+".ID"
		s.add(swap, in, n.Args[1], "whichever(%d, "+w+", "+id+", Key.revision, ", ")")
		s.add(swap, in, n.Args[2], "whichever(%d, "+w+", "+id+", Key.generation, ", ")")
	case name == "CompareAndSwap":
		s.add(swap, in, n, "(stored(%d, &"+s.of(n.Fun.(*ast.SelectorExpr).X)+", "+s.of(n.Args[1])+") || ", ")")
	}
}

// condition finds what can be taken away of what an if or a case asks.
func (s *source) condition(d ast.Decl, cond ast.Expr, body []ast.Stmt) {
	if word := refusal(d, body); word != "" && !asksNil(cond) {
		s.add(s.kindOf(cond, word), declared(d), cond, "(!cut(%d) && (", "))")
	}
	s.operands(d, cond)
}

// operands makes each operand of an && true and each of an || false, where e
// asks in a use case who somebody is or what was seen before, or in a function
// of the rules.
func (s *source) operands(d ast.Decl, e ast.Expr) {
	for _, o := range operands(ast.Unparen(e)) {
		kind := s.kindOf(o.Expr, "")
		if (kind != rule && changes(d) || s.graph.ofRules(d)) && !asksNil(o.Expr) {
			before := "(!cut(%d) && ("
			if o.of == token.LAND {
				before = "(cut(%d) || ("
			}
			s.add(kind, declared(d), o.Expr, before, "))")
		}
		s.operands(d, o.Expr)
	}
}

// kindOf says what a condition is about; word is what it is refused with.
func (s *source) kindOf(cond ast.Expr, word string) kind {
	switch {
	case mentions(cond, "Revision", "Generation", "Confirmed", "Seen", "From"):
		return swap
	case word == "CodeDenied" || mentions(cond, "MemberActive", "MemberSuspended", "MemberRemoved"):
		return permission
	}
	return rule
}
