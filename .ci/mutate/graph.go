package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// graph says which functions, and variables of the package, mention which
// others. It goes by names alone, so methods of one name are one.
type graph struct {
	funcs    map[string][]*ast.FuncDecl
	mentions map[string]map[string]bool
	calls    map[string]map[string]bool
	writers  map[string]bool // methods of Writer, and whatever calls one
	deciding map[string]bool // functions that ask a permission and write nothing
}

func newGraph(files []*ast.File) graph {
	g := graph{map[string][]*ast.FuncDecl{}, map[string]map[string]bool{}, map[string]map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				g.funcs[fn.Name.Name] = append(g.funcs[fn.Name.Name], fn)
			}
			g.note(bare(declared(d)), d)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if t, ok := n.(*ast.TypeSpec); ok && t.Name.Name == "Writer" {
				for _, m := range t.Type.(*ast.InterfaceType).Methods.List {
					for _, name := range m.Names {
						g.writers[name.Name] = !strings.HasPrefix(name.Name, "Next")
					}
				}
			}
			return true
		})
	}
	g.spread(g.writers, func(string) bool { return true })
	g.deciding["may"], g.deciding["why"] = true, true
	g.spread(g.deciding, func(name string) bool { return g.plain(name) })
	return g
}

// note takes in the names that a declaration mentions, and calls.
func (g graph) note(name string, d ast.Decl) {
	if g.mentions[name] == nil {
		g.mentions[name], g.calls[name] = map[string]bool{}, map[string]bool{}
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if called(n) != "Write" || mentions(n.Fun, "store") { // hashes have a Write too
				g.calls[name][called(n)] = true
			}
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name != "append" {
				g.calls[name][id.Name] = true
			}
		case *ast.SelectorExpr:
			g.mentions[name][n.Sel.Name] = true
		case *ast.Ident:
			if n.Name != "append" && n.Name != name { // the method is always selected
				g.mentions[name][n.Name] = true
			}
		}
		return true
	})
}

// spread adds to a set whatever calls something in it and fits.
func (g graph) spread(set map[string]bool, fits func(string) bool) {
	for grown := true; grown; {
		grown = false
		for name, others := range g.calls {
			if set[name] || g.funcs[name] == nil || !fits(name) {
				continue
			}
			for other := range others {
				if set[other] {
					set[name], grown = true, true
					break
				}
			}
		}
	}
}

// plain reports whether the functions of a name are parts of a use case that
// write nothing.
func (g graph) plain(name string) bool {
	return !g.writers[name] && !slices.ContainsFunc(g.funcs[name], func(fn *ast.FuncDecl) bool {
		return fn.Name.IsExported() || slices.ContainsFunc(fn.Type.Params.List, func(p *ast.Field) bool { return mentions(p.Type, "Context") })
	})
}

// guards are the functions that do nothing but refuse: they write nothing,
// return an error alone, and decide or say that something is denied or a
// conflict.
func (g graph) guards() map[string]bool {
	set := map[string]bool{}
	for name, fns := range g.funcs {
		refuses := g.deciding[name] && name != "may" && name != "why"
		for word := range g.mentions[name] {
			refuses = refuses || word == "CodeDenied" || word == "CodeConflict" || word == "taken" || word == "alreadyRevoked"
		}
		set[name] = refuses && g.plain(name) && !slices.ContainsFunc(fns, func(fn *ast.FuncDecl) bool {
			r := fn.Type.Results
			return r == nil || r.NumFields() != 1 || !isIdent(r.List[0].Type, "error")
		})
	}
	return set
}

// ofRules reports whether a declaration is a part of the rules of who may do
// what.
func (g graph) ofRules(d ast.Decl) bool {
	fn, ok := d.(*ast.FuncDecl)
	if !ok {
		return false
	}
	of := receiver(fn)
	return of == "actor" || of == "Grant" || fn.Name.Name == "holding" || g.deciding[fn.Name.Name] || g.guards()[fn.Name.Name]
}

// reach returns all functions that one calls and the variables that it mentions,
// and what those do, but for what is behind one of the names of stop.
func (g graph) reach(name string, stop ...string) map[string]bool {
	found := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if found[name] || name == "" || g.mentions[name] == nil {
			return
		}
		found[name] = true
		if !slices.Contains(stop, name) {
			for other := range g.mentions[name] {
				if g.calls[name][other] || g.funcs[other] == nil && other != "Write" {
					visit(other)
				}
			}
		}
	}
	visit(name)
	return found
}

// lacks returns an error where a kind has too few mutants, or a use case that
// writes has none.
func (s *source) lacks() error {
	for _, k := range slices.Sorted(maps.Keys(least)) {
		if n := s.count(func(m mutant) bool { return m.kind == k }); n < least[k] {
			return fmt.Errorf("only %d mutants of the kind %s were found, and there are at least %d: the code has taken a form that is not recognised", n, k, least[k])
		}
	}
	seams := []string{"write", "read", "tell", "append", "AppendEvent", "fresh"}
	for _, name := range slices.Sorted(maps.Keys(s.graph.funcs)) {
		fn := s.graph.funcs[name][0]
		of := receiver(fn)
		if !fn.Name.IsExported() || of != "Session" && of != "Service" {
			continue
		}
		if all := s.graph.reach(name); !all["write"] && !all["Write"] {
			continue
		}
		within := s.graph.reach(name, seams...)
		needs := []kind{event}
		if of == "Session" {
			needs = append(needs, permission)
		}
		for _, k := range needs {
			fits := func(m mutant) bool {
				asked := k == event || !strings.HasPrefix(m.before, "(") // a call, not how its answer is worded
				return m.kind == k && asked && within[bare(m.in)] && !slices.Contains(seams, bare(m.in))
			}
			if s.count(fits) == 0 {
				return fmt.Errorf("%s.%s writes, and no mutant of the kind %s was found in it", of, name, k)
			}
		}
	}
	return nil
}

func (s *source) count(fits func(mutant) bool) (n int) {
	for _, m := range s.mutants {
		if fits(m) {
			n++
		}
	}
	return n
}

// declared is the name of what is declared: "change.mayManage".
func declared(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return strings.TrimPrefix(receiver(d)+"."+d.Name.Name, ".")
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				return v.Names[0].Name
			}
		}
	}
	return ""
}

func bare(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// receiver is the type that a method is of, "" for a function.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	of := fn.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	id, _ := of.(*ast.Ident)
	return cmp.Or(id, &ast.Ident{}).Name
}

// changes reports whether a declaration is a part of use cases.
func changes(d ast.Decl) bool {
	fn, ok := d.(*ast.FuncDecl)
	return ok && slices.Contains([]string{"", "change", "Session", "Service"}, receiver(fn))
}

// called is the name of the method that is called, "" for anything else.
func called(n *ast.CallExpr) string {
	if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
		return sel.Sel.Name
	}
	return ""
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// mentions reports whether one of the names is in n.
func mentions(n ast.Node, names ...string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && slices.Contains(names, id.Name)
		return !found
	})
	return found
}

// asksNil reports whether a condition only asks whether something is there.
func asksNil(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	return ok && isIdent(b.Y, "nil") || mentions(e, "ErrNotFound")
}

// refusal returns the word with which a body ends in a refusal, "" when it does
// not.
func refusal(d ast.Decl, body []ast.Stmt) string {
	if len(body) == 0 {
		return ""
	}
	words := []string{"CodeDenied", "CodeConflict", "taken", "alreadyRevoked", "denied"}
	if fn, ok := d.(*ast.FuncDecl); ok && (receiver(fn) == "change" || receiver(fn) == "Session") {
		words = append(words, "invalid") // elsewhere that is about the form of an input
	}
	last := body[len(body)-1]
	switch last.(type) {
	case *ast.ReturnStmt, *ast.AssignStmt:
	default:
		return ""
	}
	found := ""
	ast.Inspect(last, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok && (slices.Contains(words, id.Name) || strings.HasPrefix(id.Name, "Reason") && len(id.Name) > len("Reason")) && id.Name != "ReasonOK" {
			found = cmp.Or(found, id.Name)
		}
		return true
	})
	return found
}

// operand is one of several that an && or an || joins.
type operand struct {
	ast.Expr
	of token.Token
}

// operands are those of e that one operator joins, none where none does.
func operands(e ast.Expr) []operand {
	b, ok := e.(*ast.BinaryExpr)
	if !ok || b.Op != token.LAND && b.Op != token.LOR {
		return nil
	}
	var os []operand
	for _, side := range []ast.Expr{b.X, b.Y} {
		if inner, ok := side.(*ast.BinaryExpr); ok && inner.Op == b.Op {
			os = append(os, operands(inner)...)
		} else {
			os = append(os, operand{side, b.Op})
		}
	}
	return os
}
