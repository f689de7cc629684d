package words

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"modelbeam/assets"
)

func loadTexts(t *testing.T, l Language) map[string]text {
	t.Helper()
	data, err := assets.Translations.ReadFile(l.file())
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]text
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(l.Tag, err)
	}
	return texts
}

// A language is a row and a file, and neither is there without the other.
func TestLanguagesAreComplete(t *testing.T) {
	used := usedKeys(t)
	if len(used) < 50 {
		t.Fatalf("only %d texts found in the sources: %q", len(used), used)
	}
	english := loadTexts(t, Languages[0])
	for _, l := range Languages {
		t.Run(l.Tag, func(t *testing.T) {
			for _, problem := range problems(l.Tag, append(slices.Clone(used), fynesOwn...), english, loadTexts(t, l)) {
				t.Error(problem)
			}
		})
	}
	for _, key := range used {
		if flag.MatchString(key) && !slices.Contains(terminalKeys(t), key) {
			t.Errorf("%q names a flag, to somebody who has no command line", key)
		}
	}
	files, err := fs.Glob(assets.Translations, "translations/window/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.ContainsFunc(Languages, func(l Language) bool { return l.file() == file }) {
			t.Errorf("no row for %s", path.Base(file))
		}
	}
}

// terminalKeys are what a Problem says at a command line only.
func terminalKeys(t *testing.T) (keys []string) {
	inspect(t, "../*.go", func(n ast.Node) {
		var value ast.Expr
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if name, ok := n.Key.(*ast.Ident); ok && name.Name == "Terminal" {
				value = n.Value
			}
		case *ast.AssignStmt:
			if field, ok := n.Lhs[0].(*ast.SelectorExpr); ok && field.Sel.Name == "Terminal" {
				value = n.Rhs[0]
			}
		}
		if text, ok := value.(*ast.BasicLit); ok {
			key, _ := strconv.Unquote(text.Value)
			keys = append(keys, key)
		}
	})
	return keys
}

// problems are what is wrong with the texts of a language.
func problems(tag string, keys []string, english, texts map[string]text) (wrong []string) {
	for _, key := range keys {
		if texts[key].other == "" {
			wrong = append(wrong, fmt.Sprintf("no text for %q", key))
		}
	}
	for key, said := range texts {
		if !slices.Contains(keys, key) {
			wrong = append(wrong, fmt.Sprintf("nothing uses %q", key))
		}
		if tag == "en" && said.other != key {
			wrong = append(wrong, fmt.Sprintf("English texts are their own keys, but %q says %q", key, said.other))
		}
		wrong = append(wrong, wrongForms(tag, key, english[key], said)...)
		for category, form := range said.all() {
			wrong = append(wrong, wrongText(tag, key, category, form)...)
		}
	}
	return wrong
}

// all are the forms of a text by their categories.
func (t text) all() map[string]string {
	if t.forms != nil {
		return t.forms
	}
	return map[string]string{"other": t.other}
}

// wrongForms wants the plural categories that whole numbers have in a language, and no others, where English
// has more than one form itself.
func wrongForms(tag, key string, english, said text) (wrong []string) {
	want := slices.Sorted(maps.Keys(samples(tag)))
	have := slices.Sorted(maps.Keys(said.all()))
	if said.forms == nil && english.forms == nil || slices.Equal(want, have) {
		return nil
	}
	return []string{fmt.Sprintf("%q has the plural forms %v, want %v", key, have, want)}
}

// samples are numbers of each plural category of a language. All have "other", if only for fractions.
func samples(tag string) map[string][]int {
	of := map[string][]int{"other": nil}
	l := newLocale(language.Make(tag))
	for n := range 200 {
		of[l.category(n)] = append(of[l.category(n)], n)
	}
	return of
}

// flag is what a command line flag looks like.
var flag = regexp.MustCompile(`--[a-z]`)

// wrongText wants the fields that the code fills, all of them, but for the count in a form for one number
// alone; and Chinese in a Chinese text.
func wrongText(tag, key, category, said string) (wrong []string) {
	fields := func(s string) []string {
		all := slices.Sorted(slices.Values(field.FindAllString(s, -1)))
		if len(samples(tag)[category]) == 1 {
			all = slices.DeleteFunc(all, func(f string) bool { return f == "{{."+count+"}}" })
		}
		return all
	}
	if want, got := fields(key), fields(said); !slices.Equal(want, got) {
		wrong = append(wrong, fmt.Sprintf("%q has the fields %v, want %v", said, got, want))
	}
	if flag.MatchString(said) != flag.MatchString(key) {
		wrong = append(wrong, fmt.Sprintf("%q does not name the flags of %q", said, key))
	}
	return wrong
}

// The test above finds each thing that can be wrong.
func TestProblemsAreFound(t *testing.T) {
	plain := func(s string) text { return text{other: s} }
	forms := func(f map[string]string) text { return text{other: f["other"], forms: f} }
	const key = "{{.Count}} apps"
	english := map[string]text{key: forms(map[string]string{"one": "{{.Count}} app", "other": key}), "Quit": plain("Quit")}
	whole := map[string]string{"one": "{{.Count}} приложение", "few": "{{.Count}} приложения", "many": "{{.Count}} приложений", "other": "{{.Count}} приложения"}
	without := func(category string) map[string]string {
		f := maps.Clone(whole)
		delete(f, category)
		return f
	}
	with := func(category, said string) map[string]string {
		f := maps.Clone(whole)
		f[category] = said
		return f
	}
	tests := []struct {
		name  string
		texts map[string]text
		want  string
	}{
		{"all is well", map[string]text{key: forms(whole), "Quit": plain("Выйти")}, ""},
		{"a missing key", map[string]text{key: forms(whole)}, `no text for "Quit"`},
		{"an empty text", map[string]text{key: forms(whole), "Quit": plain("")}, `no text for "Quit"`},
		{"an unused key", map[string]text{key: forms(whole), "Quit": plain("Выйти"), "Exit": plain("Выход")}, `nothing uses "Exit"`},
		{"one form for all", map[string]text{key: plain("приложений: {{.Count}}"), "Quit": plain("Выйти")}, "plural forms"},
		{"a missing form", map[string]text{key: forms(without("few")), "Quit": plain("Выйти")}, "plural forms"},
		{"an unknown form", map[string]text{key: forms(with("two", "{{.Count}}")), "Quit": plain("Выйти")}, "plural forms"},
		{"a field too few", map[string]text{key: forms(with("one", "одно")), "Quit": plain("Выйти")}, "fields"},
		{"another field", map[string]text{key: forms(whole), "Quit": plain("Выйти {{.Name}}")}, "fields"},
	}
	for _, tt := range tests {
		got := strings.Join(problems("ru", []string{key, "Quit"}, english, tt.texts), "\n")
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
