package tray

import (
	"strings"
	"testing"
	"unicode/utf8"

	"modelbeam/app"
	"modelbeam/app/words"
)

// useLanguage loads the texts of a language for one test.
func useLanguage(t *testing.T, name string) {
	t.Helper()
	t.Setenv(words.LanguageVariable, name)
	if err := words.LoadTranslations(""); err != nil {
		t.Fatal(err)
	}
}

func TestViews(t *testing.T) {
	with := func(change func(*app.State)) app.State {
		s := sharing()
		change(&s)
		return s
	}
	tests := []struct {
		name   string
		state  app.State
		en, zh view
	}{
		{
			"sharing", sharing(),
			view{line: "Sharing 1 model from Ollama", pause: "Pause", loginSet: true},
			view{line: "正在共享 1 个模型，来自 Ollama", pause: "暂停", loginSet: true},
		},
		{
			"paused", with(func(s *app.State) { s.Phase = app.Paused }),
			view{line: "Sharing is paused", pause: "Resume", loginSet: true, paused: true},
			view{line: "共享已暂停", pause: "继续", loginSet: true, paused: true},
		},
		{
			"failed", with(func(s *app.State) { s.Phase = app.Failed }),
			view{line: "Phones cannot connect right now", pause: "Pause", loginSet: true, stuck: true},
			view{line: "手机暂时无法连接", pause: "暂停", loginSet: true, stuck: true},
		},
		{
			"paired", with(func(s *app.State) { s.JustPaired, s.Pairing = "$(reboot)", app.Pairing{Code: "7KQ2-M9XF"} }),
			view{line: "Sharing 1 model from Ollama", pause: "Pause", loginSet: true, paired: true, watched: true},
			view{line: "正在共享 1 个模型，来自 Ollama", pause: "暂停", loginSet: true, paired: true, watched: true},
		},
	}
	for _, tt := range tests {
		for language, want := range map[string]view{"en": tt.en, "zh": tt.zh} {
			useLanguage(t, language)
			want.language = words.Spoken()
			if got := viewOf(tt.state); got != want {
				t.Errorf("%s in %s: %+v, want %+v", tt.name, language, got, want)
			}
		}
	}
}

func TestLabels(t *testing.T) {
	mark := shortcutMark
	tests := []struct{ name, text, want string }{
		{"ordinary", "Anna's iPhone", "Anna's iPhone"},
		{"Chinese", "小明的手机", "小明的手机"},
		{"lines", "a\nb\r\nc\td", "a b c d"},
		{"control characters", "a\x00b\x1b[2Jc\x7f", "a\uFFFDb\uFFFD[2Jc\uFFFD"},
		{"turned around", "a\u202Eb\u2066c", "a\uFFFDb\uFFFDc"},
		{"invisible", "a\u200Bb", "a\uFFFDb"},
		{"no UTF-8", "a\xffb", "a\uFFFDb"},
		{"marks", mark + "a" + mark + mark + "b", mark + mark + "a" + mark + mark + mark + mark + "b"},
		{"markup", `<img src="http://x">`, `<img src="http://x">`},
		{"long", strings.Repeat("x", 1000), strings.Repeat("x", longestLabel-1) + "…"},
		{"long and Chinese", strings.Repeat("手", 1000), strings.Repeat("手", longestLabel-1) + "…"},
	}
	for _, tt := range tests {
		got := label(tt.text)
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if !utf8.ValidString(got) {
			t.Errorf("%s: %q is no UTF-8, at which a bus hangs up", tt.name, got)
		}
	}
}
