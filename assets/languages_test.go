package assets

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// sentence is what a language says for an English text, by its plural categories; "other" alone where one
// sentence does for every number.
type sentence map[string]string

func (s *sentence) UnmarshalJSON(b []byte) error {
	if strings.HasPrefix(string(b), "{") {
		return json.Unmarshal(b, (*map[string]string)(s))
	}
	var one string
	err := json.Unmarshal(b, &one)
	*s = sentence{"other": one}
	return err
}

// rowPattern finds the rows of LANGUAGES in words/language.js: the file, and the tag.
var rowPattern = regexp.MustCompile(`\{ file: "([\w-]+)", tag: "([\w-]+)"`)

// pageLanguages maps the names of files to tags.
func pageLanguages(t *testing.T) map[string]string {
	t.Helper()
	tags := map[string]string{}
	for _, row := range rowPattern.FindAllStringSubmatch(sources(t, ".js")["words/language.js"], -1) {
		tags[row[1]] = row[2]
	}
	if len(tags) < 2 {
		t.Fatalf("languages %v", tags)
	}
	return tags
}

// A language of the page is a row, a file and a sentence in boot.js, and none is there without the others.
func TestConnectTranslations(t *testing.T) {
	keys := slices.Concat(markupKeys(t), scriptKeys(t), offerKeys())
	slices.Sort(keys)
	keys = slices.Compact(keys)
	tags := pageLanguages(t)
	for file, tag := range tags {
		t.Run(tag, func(t *testing.T) {
			words := words(t, file)
			if file == "en" && len(words) > 0 {
				t.Error("English texts are their own keys")
			} else if file != "en" {
				checkWords(t, tag, keys, words)
			}
			if !regexp.MustCompile(`(?m)^    (` + file + `|"` + tag + `"): \["[^"]+", "[^"]+"\],?$`).MatchString(sources(t, ".js")["boot.js"]) {
				t.Error("boot.js has no words for browsers that are too old")
			}
		})
	}
	files, err := fs.Glob(Translations, "translations/page/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if tags[strings.TrimSuffix(path.Base(file), ".json")] == "" {
			t.Errorf("no row for %s", file)
		}
	}
}

var placePattern = regexp.MustCompile(`\{\w+\}`)

func checkWords(t *testing.T, tag string, keys []string, words map[string]sentence) {
	t.Helper()
	for _, key := range keys {
		if words[key]["other"] == "" {
			t.Errorf("no translation of %q", key)
		}
	}
	samples := samples(tag)
	for key, said := range words {
		if !slices.Contains(keys, key) {
			t.Errorf("nothing uses %q", key)
		}
		if len(said) > 1 && !slices.Equal(slices.Sorted(maps.Keys(said)), slices.Sorted(maps.Keys(samples))) {
			t.Errorf("%q has the plural forms %v, want those of %v", key, said, samples)
		}
		for category, form := range said {
			if strings.Contains(form, "Wi-Fi") {
				t.Errorf("%q may be broken in the middle of a name: a word joiner (U+2060) belongs behind the hyphen", form)
			}
			if want, got := places(key, len(samples[category]) == 1), places(form, len(samples[category]) == 1); !slices.Equal(want, got) {
				t.Errorf("%q has the places %v, want %v", form, got, want)
			}
		}
	}
}

// places are those that are to be filled. A form for one number alone need not have the count.
func places(text string, alone bool) []string {
	all := placePattern.FindAllString(text, -1)
	slices.Sort(all)
	return slices.DeleteFunc(all, func(p string) bool { return alone && p == "{count}" })
}

// samples are numbers of each plural category of a language. All have "other", if only for fractions.
func samples(tag string) map[string][]int {
	of := map[string][]int{"other": nil}
	names := []string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	for n := range 200 {
		name := names[plural.Cardinal.MatchPlural(language.Make(tag), n, 0, 0, 0, 0)]
		of[name] = append(of[name], n)
	}
	return of
}

func words(t *testing.T, file string) map[string]sentence {
	t.Helper()
	b, err := Translations.ReadFile("translations/page/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]sentence
	if err := json.Unmarshal(b, &words); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", file, err))
	}
	return words
}
