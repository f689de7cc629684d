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

func TestLanguageFollowsSystem(t *testing.T) {
	tests := []struct{ locale, override, want string }{
		{"zh_CN.UTF-8", "", "暂停"},
		{"zh_TW.UTF-8", "", "暂停"}, // Simplified is closer than English
		{"en_US.UTF-8", "", "Pause"},
		{"fr_FR.UTF-8", "", "Pause"},
		{"C", "", "Pause"},
		{"", "", "Pause"},
		{"ru_RU.UTF-8", "", "Pause"},
		{"fr_FR.UTF-8", "zh", "暂停"},
		{"zh_CN.UTF-8", "en", "Pause"},
	}
	for _, tt := range tests {
		t.Run(tt.locale+"+"+tt.override, func(t *testing.T) {
			t.Setenv("LC_ALL", tt.locale)
			t.Setenv("LANG", tt.locale)
			t.Setenv("LANGUAGE", "")
			useLanguage(t, tt.override)
			if got := L("Pause"); got != tt.want {
				t.Errorf("Pause is %q, want %q", got, tt.want)
			}
		})
	}
}
