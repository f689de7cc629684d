package app

import "testing"

// TestLanguageIsRemembered: a language that is chosen is told at once and kept; what is no language changes
// nothing.
func TestLanguageIsRemembered(t *testing.T) {
	dir := t.TempDir()
	r := start(t, Options{StateDir: dir, Demo: "on"})
	r.UseLanguage("zh-Hant")
	r.await("told of the choice", func(s State) bool { return s.Language == "zh-Hant" })
	for _, bad := range []string{"../en", "de_DE", "x", "de\n", "1-2"} {
		if r.UseLanguage(bad); r.State().Language != "zh-Hant" {
			t.Errorf("%q was taken for a language", bad)
		}
	}
	r.stop()
	if s, err := readSettings(dir); err != nil || s.Language != "zh-Hant" {
		t.Fatalf("remembered %q, %v", s.Language, err)
	}
	again := start(t, Options{StateDir: dir, Demo: "on"})
	again.await("remembered", func(s State) bool { return s.Language == "zh-Hant" })
	again.UseLanguage("")
	again.await("the system's", func(s State) bool { return s.Language == "" })
}
