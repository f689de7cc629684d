package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"modelbeam/app"
	"modelbeam/app/download"
)

// fynesOwn are texts of Fyne's widgets, which it looks up among ours.
var fynesOwn = []string{
	"OK", "Cancel", "Confirm", "Yes", "No", "Error", "Quit", "Copy", "Cut", "Paste", "Select all", "Undo", "Redo",
}

// usedKeys are the texts that the sources hand to the translator: the first argument of L, here and
// wherever else, and the texts of coreWords in the core.
func usedKeys(t *testing.T) []string {
	t.Helper()
	keys := map[string]bool{}
	add := func(e ast.Expr) {
		if s, ok := e.(*ast.BasicLit); ok && s.Kind == token.STRING {
			text, err := strconv.Unquote(s.Value)
			if err != nil {
				t.Fatal(err)
			}
			keys[text] = true
		}
	}
	for _, pattern := range []string{"../*/*.go", "../*/*/*.go", "../../cmd/*/*.go"} {
		inspect(t, pattern, func(n ast.Node) {
			if call, ok := n.(*ast.CallExpr); ok && translates(call) {
				add(call.Args[0])
			}
		})
	}
	inspect(t, "../*.go", func(n ast.Node) {
		for _, field := range append(wordFields(n), assignedWords(n)...) {
			add(field)
		}
	})
	inspect(t, "../doctor/*.go", func(n ast.Node) {
		for _, text := range append(tableWords(n), assignedWords(n)...) {
			add(text)
		}
	})
	inspect(t, "../download/*.go", func(n ast.Node) {
		for _, text := range tableWords(n) {
			add(text)
		}
	})
	for _, good := range download.Sentences() {
		keys[good] = true
	}
	for _, a := range new(app.Controller).CodeApps() {
		keys[a.Steps] = true
	}
	delete(keys, "") // it takes a text away
	return slices.Sorted(maps.Keys(keys))
}

// coreWords are the types of the core that have texts for people in them, and where.
var coreWords = map[string][]string{
	"Problem":    {"Title", "Advice", "Action", "Terminal"},
	"TestResult": {"Title", "Advice"},
	"Hint":       {"Text", "Action"},
}

// wordFields are the texts in a literal of one of coreWords.
func wordFields(n ast.Node) (fields []ast.Expr) {
	literal, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	kind, ok := literal.Type.(*ast.Ident)
	if !ok {
		return nil
	}
	for _, e := range literal.Elts {
		field, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if name, ok := field.Key.(*ast.Ident); ok && slices.Contains(coreWords[kind.Name], name.Name) {
			fields = append(fields, field.Value)
		}
	}
	return fields
}

// tableWords are the texts in a map of the doctor's, or of the downloads'.
func tableWords(n ast.Node) (texts []ast.Expr) {
	table, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	if _, ok := table.Type.(*ast.MapType); !ok {
		return nil
	}
	for _, e := range table.Elts {
		if row, ok := e.(*ast.KeyValueExpr).Value.(*ast.CompositeLit); ok {
			texts = append(texts, row.Elts...)
		}
	}
	return texts
}

// assignedWords are what is assigned to a field of that name.
func assignedWords(n ast.Node) (values []ast.Expr) {
	assign, ok := n.(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != len(assign.Rhs) {
		return nil
	}
	names := slices.Concat(slices.Collect(maps.Values(coreWords))...)
	for i, left := range assign.Lhs {
		if field, ok := left.(*ast.SelectorExpr); ok && slices.Contains(names, field.Sel.Name) {
			values = append(values, assign.Rhs[i])
		}
	}
	return values
}

func inspect(t *testing.T, pattern string, visit func(ast.Node)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources in %s: %v", pattern, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool { visit(n); return true })
	}
}

func translates(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "L"
	case *ast.SelectorExpr:
		pkg, ok := f.X.(*ast.Ident)
		return ok && pkg.Name == "words" && f.Sel.Name == "L"
	}
	return false
}
