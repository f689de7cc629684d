package words

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/jeandeaual/go-locale"

	"modelbeam/assets"
)

// LanguageVariable names the environment variable that overrides the system's language: "en" or
// "zh". It exists for tests and screenshots.
const LanguageVariable = "MODELBEAM_LANG"

// languages are those of the window and the tray, the one for everybody else first. Another one is a
// file in assets/translations/window, a row here, and its name in FyneApp.toml. The phone's page has
// languages of its own: assets/connect/words/text.js.
var languages = []struct {
	file  string
	speak string // beginnings of the language tags (RFC 5646) whose people read it best
}{
	{"en", ""},
	{"zh_Hans", "zh"}, // also in Taiwan and Hong Kong: Simplified is closer than English
}

// LoadTranslations chooses the language and loads its texts. Without it, and after an error, all
// texts are English.
func LoadTranslations() error {
	file := fileFor(wantedLanguage())
	texts, err := assets.Translations.ReadFile("translations/window/" + file + ".json")
	if err != nil {
		return fmt.Errorf("read the texts for %s: %w", file, err)
	}
	to := translation{file: texts}
	if err := json.Unmarshal(texts, &to.texts); err != nil {
		return fmt.Errorf("load the texts for %s: %w", file, err)
	}
	loaded.Store(&to)
	return nil
}

// fileFor names the texts for a language tag: those of the row with the longest beginning of it.
func fileFor(tag string) string {
	file, length := languages[0].file, 0
	for _, l := range languages {
		for begin := range strings.FieldsSeq(l.speak) {
			if strings.HasPrefix(tag+"-", begin+"-") && len(begin) > length {
				file, length = l.file, len(begin)
			}
		}
	}
	return file
}

// wantedLanguage is the tag of the person's language, or "" if the system does not say.
func wantedLanguage() string {
	wanted := os.Getenv(LanguageVariable)
	if wanted == "" {
		wanted, _ = locale.GetLocale() // an error is a system that does not say
	}
	return strings.ReplaceAll(wanted, "_", "-")
}
