package plot

import (
	"testing"
	"time"

	"modelbeam/app/words"
)

// noon is now, for the tests.
var noon = time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)

// useLanguage loads the texts of a language for one test.
func useLanguage(t *testing.T, name string) {
	t.Helper()
	t.Setenv(words.LanguageVariable, name)
	if err := words.LoadTranslations(""); err != nil {
		t.Fatal(err)
	}
}
