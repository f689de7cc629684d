package words

import (
	"strings"
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
	if err := LoadTranslations(""); err != nil {
		t.Fatal(err)
	}
}

func demoServer() app.Server {
	return app.Server{ID: "demo", Kind: app.KindDemo, Name: "Demo", Models: []string{"modelbeam-demo"}, Online: true}
}

func TestLanguageFollowsSystem(t *testing.T) {
	tests := []struct{ locale, override, chosen, want string }{
		{"zh_CN.UTF-8", "", "", "zh-Hans"},
		{"zh_SG.UTF-8", "", "", "zh-Hans"},
		{"zh_TW.UTF-8", "", "", "zh-Hant"},
		{"pt_PT.UTF-8", "", "", "pt-BR"},
		{"fr_CA.UTF-8", "", "", "fr"},
		{"en_US.UTF-8", "", "", "en"},
		{"C", "", "", "en"},
		{"", "", "", "en"},
		{"tlh_001.UTF-8", "", "", "en"},
		{"fr_FR.UTF-8", "zh", "", "zh-Hans"},
		{"zh_CN.UTF-8", "en", "", "en"},
		{"zh_CN.UTF-8", "", "en", "en"},
		{"en_US.UTF-8", "", "zh-Hans", "zh-Hans"},
		{"en_US.UTF-8", "en", "zh-Hans", "en"},
	}
	for _, tt := range tests {
		t.Run(tt.locale+"+"+tt.override+"+"+tt.chosen, func(t *testing.T) {
			t.Setenv("LC_ALL", tt.locale)
			t.Setenv("LANG", tt.locale)
			t.Setenv("LANGUAGE", "")
			t.Setenv(LanguageVariable, tt.override)
			if err := LoadTranslations(tt.chosen); err != nil {
				t.Fatal(err)
			}
			if got := Spoken(); got != tt.want {
				t.Errorf("it is %q, want %q", got, tt.want)
			}
		})
	}
}

// Each person's languages, the best first, against what they read.
func TestLanguageFor(t *testing.T) {
	for tags, want := range map[string]string{
		"zh-CN": "zh-Hans", "zh": "zh-Hans", "ZH_cn": "zh-Hans", "en-GB zh": "en",
		"": "en", "tlh": "en", "tlh zh-Hans-CN en": "zh-Hans", "enm": "en", "zhx": "en",
		"zh-TW": "zh-Hant", "zh_HK": "zh-Hant", "zh-MO": "zh-Hant", "zh-Hant-CN": "zh-Hant", "zh-Hans-HK": "zh-Hans", "yue-HK": "zh-Hant",
		"pt": "pt-BR", "pt-PT": "pt-BR", "pt_AO": "pt-BR", "de-AT": "de", "es-419": "es", "uk ru": "ru", "ar he ja": "ja", "ko_KR en": "ko", "vi-VN": "vi", "it-CH": "it",
	} {
		if got := languageFor(strings.Fields(tags)).Tag; got != want {
			t.Errorf("%q read %s, want %s", tags, got, want)
		}
	}
}
