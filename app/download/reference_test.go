package download

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"modelbeam/cmd/e2e/readme"
)

// constants are the values of all constants of a type in download.go.
func constants(t *testing.T, name string) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "download.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == name {
			word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, word)
		}
		return true
	})
	return found
}

// TestWordsForScriptsAreDocumented is about what scripts compare; every cause has a sentence.
func TestWordsForScriptsAreDocumented(t *testing.T) {
	page := readme.Open(t, "../../cmd/beam/README.md")
	readme.Compare(t, "phases of a download", page.Table(t, "Phases of a download"), constants(t, "Phase"))
	causes := constants(t, "Cause")
	readme.Compare(t, "causes of a failure", page.Table(t, "Causes of a failure"), causes)
	for _, c := range causes {
		if said := texts[Cause(c)]; said.title == "" || said.advice == "" {
			t.Errorf("nothing is said of %s", c)
		}
	}
	if len(causes) != len(texts) {
		t.Errorf("%d causes have %d texts", len(causes), len(texts))
	}
}
