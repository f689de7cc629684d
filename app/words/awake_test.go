package words

import (
	"testing"

	"modelbeam/app"
	"modelbeam/app/awake"
)

func TestAwake(t *testing.T) {
	tests := []struct {
		name   string
		awake  app.Awake
		en, zh string
	}{
		{"nobody asks", app.Awake{}, "", ""},
		{"plugged in, and paused", app.Awake{Plugged: true}, "", ""},
		{"one phone", app.Awake{Held: true, For: []string{"Anna's\niPhone"}}, "Awake for Anna's iPhone", "正为 Anna's iPhone 保持唤醒"},
		{"two phones", app.Awake{Held: true, For: []string{"Anna", "Ben"}}, "Awake for Anna and Ben", "正为 Anna 和 Ben 保持唤醒"},
		{"many phones", app.Awake{Held: true, Plugged: true, For: []string{"A", "B", "C", "D"}}, "Awake for A, B and 2 more", "正为 A、B 及另外 2 个 保持唤醒"},
		{"plugged in", app.Awake{Held: true, Plugged: true}, "Awake while plugged in", "接通电源时保持唤醒"},
		{
			"nearly empty",
			app.Awake{For: []string{"Anna"}, WhyNot: awake.LowBattery},
			"Battery low: plug this computer in, or it may go to sleep", "电池电量低：请接通电源，否则这台电脑可能会睡眠",
		},
		{
			"refused",
			app.Awake{For: []string{"Anna"}, WhyNot: awake.Refused},
			"This computer may go to sleep: the system will not keep it awake", "这台电脑可能会睡眠：系统不允许保持唤醒",
		},
	}
	for _, language := range []string{"en", "zh"} {
		useLanguage(t, language)
		for _, tt := range tests {
			want := tt.en
			if language == "zh" {
				want = tt.zh
			}
			if got := Awake(tt.awake); got != want {
				t.Errorf("%s in %s: %q, want %q", tt.name, language, got, want)
			}
		}
	}
}
