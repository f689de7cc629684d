package ui

import (
	"testing"

	"fyne.io/fyne/v2/lang"
)

// What Fyne says by itself is in the language of the rest, whatever the system's is.
func TestFyneSpeaksAsWeDo(t *testing.T) {
	tests := []struct{ locale, override, want string }{
		{"zh_CN.UTF-8", "", "复制"},
		{"fr_FR.UTF-8", "", "Copier"},
		{"fr_FR.UTF-8", "en", "Copy"},
		{"tlh_001.UTF-8", "", "Copy"},
		{"ru_RU.UTF-8", "zh", "复制"},
		{"zh_CN.UTF-8", "en", "Copy"},
		{"C", "", "Copy"},
	}
	for _, tt := range tests {
		t.Run(tt.locale+"+"+tt.override, func(t *testing.T) {
			t.Setenv("LC_ALL", tt.locale)
			t.Setenv("LANGUAGE", "")
			useLanguage(t, tt.override)
			translateFyne()
			if got := lang.L("Copy"); got != tt.want {
				t.Errorf("Fyne's own Copy is %q, want %q", got, tt.want)
			}
		})
	}
}
