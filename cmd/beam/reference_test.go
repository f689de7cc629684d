package main

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"modelbeam/app"
	"modelbeam/cmd/e2e/readme"
)

func reference(t *testing.T) *readme.Page { return readme.Open(t, "README.md") }

// TestFlagsAreDocumented holds that every flag is in the manual, with a value where it takes one.
func TestFlagsAreDocumented(t *testing.T) {
	rows := reference(t).Table(t, "Flags")
	var o app.Options
	_, help, _ := beam(t, "--help")
	names := []string{"--version"} // of beam itself
	fs := flag.NewFlagSet("beam", flag.ContinueOnError)
	o.Register(fs)
	fs.VisitAll(func(f *flag.Flag) {
		names = append(names, "--"+f.Name)
		of, ok := f.Value.(interface{ IsBoolFlag() bool })
		isSwitch := ok && of.IsBoolFlag()
		if row := rows["--"+f.Name]; isSwitch != (row["flag"] == "`--"+f.Name+"`") || isSwitch != (row["default"] == "off") {
			t.Errorf("--%s takes a value: %v; the manual has %q, %q", f.Name, !isSwitch, row["flag"], row["default"])
		}
	})
	readme.Compare(t, "flags", rows, names)
	for _, name := range names {
		if !strings.Contains(help, "\n  "+name) {
			t.Errorf("--help does not have %s", name)
		}
	}
	if got, want := rows["--demo"]["default"], "`"+o.Demo+"`"; got != want {
		t.Errorf("the default of --demo is %s, and the manual has %s", want, got)
	}
	if got := rows["--listen"]["default"]; !strings.HasSuffix(got, strconv.Itoa(app.DefaultPort)) {
		t.Errorf("the usual port is %d, and the manual has %q", app.DefaultPort, got)
	}
}

// TestCommandsAreDocumented looks at the words after "beam", as far as they choose what is done.
func TestCommandsAreDocumented(t *testing.T) {
	var documented []string
	for line := range strings.Lines(reference(t).Text(t, "Commands")) {
		if words, ok := strings.CutPrefix(line, "| `beam"); ok {
			words, _, _ = strings.Cut(words, "`")
			documented = append(documented, strings.TrimSpace(command(words)))
		}
	}
	want := append(slices.Collect(maps.Keys(commands)), "")
	for verb := range verbs {
		want = append(want, "devices "+verb)
	}
	for verb := range getVerbs {
		want = append(want, "get "+verb)
	}
	slices.Sort(want)
	documented = slices.Compact(slices.Sorted(slices.Values(documented))) // beam get stands there with a model and without
	if !slices.Equal(documented, want) {
		t.Errorf("the commands are %q, and the manual has %q", want, documented)
	}
}

// command is what a usage says without its placeholders.
func command(usage string) string {
	words := slices.DeleteFunc(strings.Fields(usage), func(word string) bool { return word == strings.ToUpper(word) })
	return strings.Join(words, " ")
}

// TestExitCodesAreDocumented looks for what main ends with.
func TestExitCodesAreDocumented(t *testing.T) {
	codes := append(arguments(t, ".", "Exit"), "0")
	slices.Sort(codes)
	readme.Compare(t, "exit codes", reference(t).Table(t, "Exit codes"), slices.Compact(codes))
}

// TestVariablesAreDocumented looks for what is read of the environment. The window's own are in its
// package, and what the standard library reads is not ours to find.
func TestVariablesAreDocumented(t *testing.T) {
	rows := reference(t).Table(t, "Environment")
	for _, dir := range []string{".", "../../app", "../../discovery/llm", "../../discovery/lan", "../../discovery/mdns", "../../tunnel"} {
		for _, name := range arguments(t, dir, "Getenv", "LookupEnv") {
			if rows[name] == nil {
				t.Errorf("%s reads %s, which is not in the manual", dir, name)
			}
		}
	}
	for name := range rows {
		if !slices.Contains([]string{"XDG_CONFIG_HOME", "TMPDIR"}, name) { // these are package os's
			wantLiteral(t, name)
		}
	}
}

// wantLiteral checks that the code still has a word.
func wantLiteral(t *testing.T, word string) {
	t.Helper()
	for _, dir := range []string{".", "../../app", "../../discovery", "../../tunnel"} {
		if slices.ContainsFunc(sources(t, dir), func(f *ast.File) bool { return slices.Contains(literals(f), word) }) {
			return
		}
	}
	t.Errorf("the manual has %s, which no code has", word)
}

// literals are the texts in a file.
func literals(n ast.Node) (all []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			all = append(all, strings.Trim(lit.Value, "\"`"))
		}
		return true
	})
	return all
}

// arguments are the literals that functions of package os are called with, in the Go files of a folder
// and those below it that are no tests.
func arguments(t *testing.T, dir string, functions ...string) []string {
	t.Helper()
	var found []string
	for _, file := range sources(t, dir) {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && isOf(call, "os", functions) {
				if lit, ok := call.Args[0].(*ast.BasicLit); ok {
					found = append(found, strings.Trim(lit.Value, `"`))
				}
			}
			return true
		})
	}
	return found
}

// sources are the Go files of a folder and those below it that are no tests.
func sources(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func isOf(call *ast.CallExpr, pkg string, functions []string) bool {
	called, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains(functions, called.Sel.Name) {
		return false
	}
	from, ok := called.X.(*ast.Ident)
	return ok && from.Name == pkg
}

// TestObjectsAreDocumented is about what --json prints without events.
func TestObjectsAreDocumented(t *testing.T) {
	for heading, v := range map[string]any{
		"What beam scan --json prints":    new(found),
		"What beam devices --json prints": new(device),
	} {
		var names []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v).Elem()) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
		page := reference(t)
		readme.Compare(t, heading, page.Table(t, heading), names)
		text := page.Example(t, heading)
		if err := json.Unmarshal([]byte(text), v); err != nil {
			t.Errorf("%s: %v", heading, err)
		}
		if again, err := json.Marshal(v); err != nil || string(again) != text {
			t.Errorf("%s: the example would be written as\n%s, %v", heading, again, err)
		}
	}
}

// TestStateFolderIsDocumented looks at what a Modelbeam leaves in the folder, which must not hold a
// file that nobody has heard of.
func TestStateFolderIsDocumented(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"add", "Guest", "--guest-requests", "3"}, {"add", "Leo"}, {"remove", "Leo"}} {
		if _, _, err := beam(t, append([]string{"devices", "--state", dir}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	end := startSharing(t, dir)
	files := filesIn(t, dir)                                                                          // the socket is gone at the end
	maps.DeleteFunc(files, func(name string, _ bool) bool { return strings.HasSuffix(name, ".tmp") }) // being written
	end()
	maps.Copy(files, filesIn(t, dir))
	rows := reference(t).Table(t, "Files")
	for name := range files {
		if ext := filepath.Ext(name); rows[name] == nil && rows["*"+ext] == nil {
			t.Errorf("the state folder has %s, which is not in the manual", name)
		}
	}
	for _, name := range []string{"settings.json", "devices.json", "devices-removed.json", "devices.json.lock", "instance.lock"} {
		if !files[name] {
			t.Errorf("the state folder has no %s, but %q", name, slices.Sorted(maps.Keys(files)))
		}
	}
	for name := range rows { // not all of them are there every time
		if !files[name] {
			wantLiteral(t, strings.TrimPrefix(name, "*"))
		}
	}
}

func filesIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]bool)
	for _, e := range entries {
		files[e.Name()] = true
	}
	return files
}
