package words

import (
	"testing"
	"time"

	"modelbeam/app"
)

// noon is when all that is worded here happens.
var noon = time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)

// useLanguage loads the texts of a language for one test.
func useLanguage(t *testing.T, name string) {
	t.Helper()
	t.Setenv(LanguageVariable, name)
	if err := LoadTranslations(); err != nil {
		t.Fatal(err)
	}
}

func demoServer() app.Server {
	return app.Server{ID: "demo", Kind: app.KindDemo, Name: "Demo", Models: []string{"modelbeam-demo"}, Online: true}
}
