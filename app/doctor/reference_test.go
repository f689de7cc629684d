package doctor

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/readme"
)

// TestDiagnosesAreDocumented compares the manual with the causes, the deeds and the fields of a Diagnosis.
func TestDiagnosesAreDocumented(t *testing.T) {
	page := readme.Open(t, filepath.Join("..", "..", "cmd", "beam", "README.md"))
	readme.Compare(t, "causes", page.Table(t, "Causes"), constants(t, "Cause"))
	readme.Compare(t, "deeds", page.Table(t, "Deeds"), constants(t, "Deed"))
	var fields []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Diagnosis]()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "-" {
			fields = append(fields, name)
		}
	}
	readme.Compare(t, "a diagnosis", page.Table(t, "Diagnosis"), fields)
}

// TestEveryCauseIsWorded, but for those that the State words itself.
func TestEveryCauseIsWorded(t *testing.T) {
	byState := []Cause{NoNetwork, SelfAssigned, OnlyIPv6, OnlyVPN, InContainer, InWSL, AddressGone, PortTaken, CannotListen}
	for _, c := range constants(t, "Cause") {
		if text, ok := texts[Cause(c)]; ok == slices.Contains(byState, Cause(c)) || ok && (text.title == "" || text.advice == "") {
			t.Errorf("%s: worded: %t %+v", c, ok, text)
		}
	}
}

// constants are the values of the constants of a type, but for "".
func constants(t *testing.T, typ string) (values []string) {
	t.Helper()
	for _, file := range []string{"causes.go", "diagnose.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && isType(spec.Type, typ) {
				for _, v := range spec.Values {
					if lit, ok := v.(*ast.BasicLit); ok && lit.Value != `""` {
						text, _ := strconv.Unquote(lit.Value)
						values = append(values, text)
					}
				}
			}
			return true
		})
	}
	return values
}

func isType(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}
