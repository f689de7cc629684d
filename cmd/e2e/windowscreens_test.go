package e2e

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// TestWindowScreens is for people who want to look at the window in every state, in both languages
// and themes: it needs SCREENS=folder, where it puts the pictures. The states are the scenes of the
// window's own tests, which show them in place of their tests when they are told to.
func TestWindowScreens(t *testing.T) {
	if os.Getenv("SCREENS") == "" {
		t.Skip("make screens takes the pictures")
	}
	program := filepath.Join(t.TempDir(), "scenes")
	build := exec.Command("go", "test", "-c", "-tags=migrated_fynedo", "-o", program, "./app/ui")
	build.Dir = root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the scenes: %v\n%s", err, out)
	}
	for _, name := range sceneNames(t) {
		for _, language := range []string{"en", "zh_Hans"} {
			for _, theme := range []string{"light", "dark"} {
				t.Run(fmt.Sprint(name, " ", language, " ", theme), func(t *testing.T) {
					d := startDisplay(t)
					w := start(t, name, d.on(scene(program, name, language, theme)))
					await.True(t, "the window is there", func() bool { return slices.Contains(w.lines(), "running") })
					png := d.awaitStill(t)
					keepAs(t, fmt.Sprintf("window-%s-%s-%s", strings.ReplaceAll(name, " ", "-"), language, theme), png)
				})
			}
		}
	}
}

// sceneNames are the keys of the map that the window's tests have their scenes in.
func sceneNames(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root(t), "app", "ui", "scenes_test.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if list, ok := n.(*ast.CompositeLit); ok && isMapOfStates(list.Type) {
			for _, entry := range list.Elts {
				name, _ := strconv.Unquote(entry.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value)
				names = append(names, name)
			}
		}
		return true
	})
	if len(names) < 10 {
		t.Fatalf("the scenes are %q", names)
	}
	return names
}

func isMapOfStates(t ast.Expr) bool {
	m, ok := t.(*ast.MapType)
	if !ok {
		return false
	}
	value, ok := m.Value.(*ast.SelectorExpr)
	return ok && value.Sel.Name == "State"
}

func scene(program, name, language, theme string) *exec.Cmd {
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "MODELBEAM_UI_SCENE="+name, "MODELBEAM_LANG="+language, "FYNE_THEME="+theme)
	return cmd
}

// awaitStill is what is on the screen when it has stood still for a moment. Some things move for
// ever: those it does not wait for.
func (d *display) awaitStill(t *testing.T) []byte {
	t.Helper()
	var last []byte
	for range 20 {
		before := last
		last = d.capture(t, "root")
		if len(last) > 20_000 && string(before) == string(last) {
			break
		}
	}
	return last
}
