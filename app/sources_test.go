package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// calledWith are the literal first arguments of all calls of a method in this package.
func calledWith(t *testing.T, method string) []string {
	t.Helper()
	var found []string
	inspect(t, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return
		}
		if called, ok := call.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == method {
			found = append(found, literal(call.Args[0])...)
		}
	})
	if len(found) == 0 {
		t.Fatalf("nothing calls %s with a word", method)
	}
	return found
}

// constants are the values of the package's constants of a type.
func constants(t *testing.T, name string) []string {
	t.Helper()
	var found []string
	inspect(t, func(n ast.Node) {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return
		}
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == name {
			for _, value := range spec.Values {
				found = append(found, literal(value)...)
			}
		}
	})
	return found
}

// inspect visits every node of the package's files that are no tests.
func inspect(t *testing.T, visit func(ast.Node)) {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			visit(n)
			return true
		})
	}
}

// literal is the text of a string literal, in a list; an empty one for anything else.
func literal(e ast.Expr) []string {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if text, err := strconv.Unquote(lit.Value); err == nil {
			return []string{text}
		}
	}
	return nil
}
