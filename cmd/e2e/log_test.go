package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// levels are the methods that log: slog's, whose first argument is the message and whose others are
// keys and values in turn.
var levels = []string{"Debug", "Info", "Warn", "Error"}

// TestLogsSpeakOneLanguage holds that every error in the log has the key "error", and that messages
// begin in lower case: whoever searches a log knows what for.
func TestLogsSpeakOneLanguage(t *testing.T) {
	lines, errs := 0, 0
	eachSource(t, func(name string, set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !logs(call) {
				return true
			}
			lines++
			at := set.Position(call.Pos())
			if message, ok := text(call.Args[0]); ok && unicode.IsUpper([]rune(message)[0]) {
				t.Errorf("%s: %q does not begin in lower case", at, message)
			}
			for i := 1; i+1 < len(call.Args); i += 2 {
				key, _ := text(call.Args[i])
				if (isError(call.Args[i+1]) || strings.HasPrefix(key, "err")) && key != "error" {
					t.Errorf("%s: the key of an error is %q", at, key)
				}
				if key == "error" {
					errs++
				}
			}
			return true
		})
	})
	if lines < 20 || errs < 10 {
		t.Errorf("only %d lines with %d errors were found", lines, errs)
	}
}

// logs tells a call of a logger from one of a method that happens to have such a name.
func logs(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 || !slices.Contains(levels, method.Sel.Name) {
		return false
	}
	switch on := method.X.(type) {
	case *ast.Ident:
		return on.Name == "log" || on.Name == "slog"
	case *ast.SelectorExpr:
		return on.Sel.Name == "log" || on.Sel.Name == "Logger"
	}
	return false
}

// isError says that an expression is a variable with an error, as these are called here.
func isError(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && (id.Name == "err" || strings.HasSuffix(id.Name, "Err"))
}

// text is the value of a string literal.
func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil && s != ""
}

// eachSource parses every Go file of the project that is no test.
func eachSource(t *testing.T, visit func(name string, set *token.FileSet, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(root(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err == nil {
			visit(path, set, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
