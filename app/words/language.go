package words

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	system "github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"

	"modelbeam/assets"
)

// LanguageVariable names the environment variable that is stronger than the person's choice and the
// system's language: a tag such as "zh-Hant". It exists for tests and screenshots.
const LanguageVariable = "MODELBEAM_LANG"

// Language is one of those that the window, the tray and the terminal speak.
type Language struct {
	Tag  string // after RFC 5646: "zh-Hant"
	Name string // in the language itself

	speak string // beginnings of the tags whose people read it best
}

// Languages are all of them, the one for everybody else first. Another one is a row here and what
// CONTRIBUTING.md lists. The phone's page has languages of its own: assets/connect/words/text.js.
var Languages = []Language{
	{"en", "English", "en"},
	{"zh-Hans", "简体中文", "zh"},
	{"zh-Hant", "繁體中文", "zh-Hant zh-TW zh-HK zh-MO yue"},
	{"ja", "日本語", "ja"},
	{"ko", "한국어", "ko"},
	{"de", "Deutsch", "de gsw"},
	{"fr", "Français", "fr"},
	{"es", "Español", "es"},
	{"pt-BR", "Português (Brasil)", "pt"}, // also in Portugal: closer than English
	{"it", "Italiano", "it"},
	{"ru", "Русский", "ru"},
	{"vi", "Tiếng Việt", "vi"},
}

// file is where the texts of a language are.
func (l Language) file() string {
	return "translations/window/" + strings.ReplaceAll(l.Tag, "-", "_") + ".json"
}

// Follow loads the texts of the language that the person chose where those that are loaded are of another
// choice, and reports whether it did.
func Follow(chosen string) (changed bool, err error) {
	if speaking().chosen == chosen {
		return false, nil
	}
	return true, LoadTranslations(chosen)
}

// LoadTranslations loads the texts of the language that the person chose, by its tag; "" is the
// system's. Without it, and after an error, all texts are English.
func LoadTranslations(chosen string) error {
	l := languageFor(wanted(chosen))
	texts, err := assets.Translations.ReadFile(l.file())
	if err != nil {
		return fmt.Errorf("read the texts for %s: %w", l.Tag, err)
	}
	to := translation{chosen: chosen, file: texts, language: l, locale: newLocale(language.Make(l.Tag))}
	if err := json.Unmarshal(texts, &to.texts); err != nil {
		return fmt.Errorf("load the texts for %s: %w", l.Tag, err)
	}
	loaded.Store(&to)
	return nil
}

// Spoken is the tag of the language that was loaded.
func Spoken() string { return speaking().language.Tag }

// wanted are the tags of the languages that a person wants, the best first. None is a system that does
// not say.
func wanted(chosen string) []string {
	if forced := os.Getenv(LanguageVariable); forced != "" {
		return []string{forced}
	}
	if chosen != "" {
		return []string{chosen}
	}
	tags, _ := system.GetLocales() // an error is a system that does not say
	return tags
}

// languageFor is the first of the wanted languages that we speak.
func languageFor(tags []string) Language {
	for _, tag := range tags {
		if l, ok := speakerOf(tag); ok {
			return l
		}
	}
	return Languages[0]
}

// speakerOf is the language with the longest beginning of a tag, which systems also write as zh_TW.
func speakerOf(tag string) (best Language, ok bool) {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-")) + "-"
	length := 0
	for _, l := range Languages {
		for begin := range strings.FieldsSeq(strings.ToLower(l.speak)) {
			if strings.HasPrefix(tag, begin+"-") && len(begin) > length {
				best, length = l, len(begin)
			}
		}
	}
	return best, length > 0
}
