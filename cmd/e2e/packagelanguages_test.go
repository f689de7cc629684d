package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"modelbeam/app/words"
)

// TestPackagesSpeakAllLanguages holds what packages say, each in the way of its system, against the languages of
// the window.
func TestPackagesSpeakAllLanguages(t *testing.T) {
	desktop := map[string]string{"zh-Hans": "zh_CN", "zh-Hant": "zh_TW", "pt-BR": "pt_BR"}
	appstream := map[string]string{"zh-Hans": "zh-CN", "zh-Hant": "zh-TW"}
	windows := map[string]string{
		"en": "English", "zh-Hans": "SimpChinese", "zh-Hant": "TradChinese", "ja": "Japanese", "ko": "Korean", "de": "German", "fr": "French",
		"es": "Spanish", "pt-BR": "PortugueseBR", "it": "Italian", "ru": "Russian", "vi": "Vietnamese",
	}
	sources := []struct {
		file, pattern string // its first group is a language
		names         map[string]string
		english       bool // is named too
	}{
		{".ci/packaging/linux/app.modelbeam.Modelbeam.desktop", `(?m)^GenericName\[(.+)\]=.`, desktop, false},
		{".ci/packaging/linux/app.modelbeam.Modelbeam.desktop", `(?m)^Comment\[(.+)\]=.`, desktop, false},
		{".ci/packaging/linux/app.modelbeam.Modelbeam.desktop", `(?m)^Keywords\[(.+)\]=.`, desktop, false},
		{".ci/packaging/linux/app.modelbeam.Modelbeam.metainfo.xml", `<summary xml:lang="(.+)">.`, appstream, false},
		{".ci/packaging/windows/modelbeam.nsi", `!insertmacro MUI_LANGUAGE "?(\w+)"?`, windows, true},
		{".ci/packaging/windows/words.nsh", `!insertmacro WORDS (\w+) `, windows, true},
		{".ci/packaging/macos/Info.plist", `<string>([\w-]+)</string>`, nil, true},
		{"FyneApp.toml", `"(\w{2}(?:_\w+)?)"[,\]]`, map[string]string{"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "pt-BR": "pt_BR"}, true},
	}
	for _, s := range sources {
		text, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(s.file)))
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, found := range regexp.MustCompile(s.pattern).FindAllStringSubmatch(string(text), -1) {
			have = append(have, strings.ToLower(found[1]))
		}
		for _, l := range words.Languages {
			name := l.Tag
			if s.names[l.Tag] != "" {
				name = s.names[l.Tag]
			}
			if (l.Tag != "en" || s.english) && !slices.Contains(have, strings.ToLower(name)) {
				t.Errorf("%s has no %s among %v", s.file, name, have)
			}
		}
	}
	for _, l := range words.Languages {
		if _, err := os.Stat(filepath.Join(root(t), ".ci/packaging/macos/words", l.Tag+".strings")); err != nil {
			t.Error(err)
		}
	}
}
