package words

import (
	"fmt"
	"os"
	"strings"

	"fyne.io/fyne/v2/lang"

	"modelbeam/assets"
)

// LanguageVariable names the environment variable that overrides the system's language: "en" or
// "zh". It exists for tests and screenshots.
const LanguageVariable = "MODELBEAM_LANG"

// LoadTranslations chooses the language, English or Simplified Chinese, and loads its texts.
// Call it before New, on the main goroutine.
//
// Another language of the window is a file in assets/translations/window, a line here, and its name in
// FyneApp.toml. The phone's page has languages of its own: assets/connect/words/text.js.
//
// The texts are loaded under the name of the system's language, whatever that is. Fyne picks a
// language among all that it has itself, so that on a French system it would look for French
// texts of ours and log every one that it misses.
func LoadTranslations() error {
	name := "en"
	if strings.HasPrefix(wantedLanguage(), "zh") {
		name = "zh_Hans"
	}
	texts, err := assets.Translations.ReadFile("translations/window/" + name + ".json")
	if err != nil {
		return fmt.Errorf("read the texts for %s: %w", name, err)
	}
	if err := lang.AddTranslationsForLocale(texts, lang.SystemLocale()); err != nil {
		return fmt.Errorf("load the texts for %s: %w", name, err)
	}
	return nil
}

func wantedLanguage() string {
	if wanted := os.Getenv(LanguageVariable); wanted != "" {
		return wanted
	}
	return string(lang.SystemLocale())
}
