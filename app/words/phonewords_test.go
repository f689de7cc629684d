package words

import (
	"slices"
	"testing"
	"time"

	"modelbeam/app"
)

func TestAgo(t *testing.T) {
	useLanguage(t, "en")
	tests := []struct {
		since time.Duration
		want  string
	}{
		{-time.Minute, "just now"}, // the clock was set back
		{59 * time.Second, "just now"},
		{time.Minute, "1 minute ago"},
		{59 * time.Minute, "59 minutes ago"},
		{119 * time.Minute, "1 hour ago"},
		{23 * time.Hour, "23 hours ago"},
		{24 * time.Hour, "yesterday"},
		{72 * time.Hour, "3 days ago"},
	}
	for _, tt := range tests {
		if got := ago(app.Device{LastSeen: noon.Add(-tt.since)}, noon); got != tt.want {
			t.Errorf("seen %v ago: %q, want %q", tt.since, got, tt.want)
		}
	}
	if got := ago(app.Device{}, noon); got != "not used yet" {
		t.Errorf("never seen: %q", got)
	}
}

func TestPhoneLine(t *testing.T) {
	in := func(d time.Duration) time.Time { return noon.Add(d) }
	const (
		quiet = Quiet
		good  = Good
		bad   = Warning
	)
	seen := app.Device{LastSeen: in(-2 * time.Hour)}
	guest := func(g app.Guest) app.Device { return app.Device{LastSeen: in(-2 * time.Hour), Guest: &g} }
	tests := []struct {
		name   string
		device app.Device
		loud   Loudness
		en, zh string
	}{
		{"new", app.Device{}, quiet, "not used yet", "尚未使用"},
		{"not today", seen, quiet, "2 hours ago", "2 小时前"},
		{"one request", app.Device{LastSeen: noon, Today: app.Usage{Requests: 1}}, quiet, "just now · 1 request today", "刚刚 · 今天 1 次请求"},
		{"many requests", app.Device{LastSeen: noon, Today: app.Usage{Requests: 1234}}, quiet, "just now · 1,234 requests today", "刚刚 · 今天 1,234 次请求"},
		{"asks for a list", app.Device{Active: 1}, good, "answering now", "正在回答"},
		{"has no token yet", app.Device{Active: 1, Model: "tiny"}, good, "answering now · tiny", "正在回答 · tiny"},
		{"one token", app.Device{Active: 1, Model: "tiny", Tokens: 1}, good, "answering now · tiny · 1 token", "正在回答 · tiny · 1 个 token"},
		{
			"long model",
			app.Device{Active: 1, Model: "hf.co/bartowski/DeepSeek-R1-Distill-Qwen-32B", Tokens: 12412},
			good,
			"answering now · hf.co/bartowski/DeepSeek-R1… · 12,412 tokens", "正在回答 · hf.co/bartowski/DeepSeek-R1… · 12,412 个 token",
		},
		{"paused", app.Device{Paused: true, Active: 1, OldAddress: "10.0.0.1"}, quiet, "Paused", "已暂停"},
		{"moved", app.Device{OldAddress: "10.0.0.1"}, bad, "still has the old address: scan the code again", "仍在使用旧地址：请重新扫码"},
		{"moved but here", app.Device{OldAddress: "10.0.0.1", Active: 1, Model: "tiny"}, good, "answering now · tiny", "正在回答 · tiny"},
		{
			"guest", guest(app.Guest{Until: in(11*time.Hour + 59*time.Minute), Requests: 20, Left: 13}), quiet,
			"Guest · until 23:59 · 13 of 20 left", "访客 · 有效至 23:59 · 剩余 13 / 20 次",
		},
		{"guest of a model", guest(app.Guest{Models: []string{"tiny"}}), quiet, "Guest · only tiny", "访客 · 仅限 tiny"},
		{"guest of models", guest(app.Guest{Models: []string{"tiny", "b"}}), quiet, "Guest · only 2 models", "访客 · 仅限 2 个模型"},
		{"guest whose time is over", guest(app.Guest{Until: noon, Requests: 5, Left: 5}), quiet, "Guest pass is over", "访客通行证已失效"},
		{"guest who used all", guest(app.Guest{Until: in(time.Hour), Requests: 5}), quiet, "Guest pass is over", "访客通行证已失效"},
		{
			"guest whose last answer is under way",
			app.Device{Active: 1, Model: "tiny", Guest: &app.Guest{Requests: 5}},
			good,
			"answering now · tiny", "正在回答 · tiny",
		},
	}
	for _, language := range []string{"en", "zh"} {
		useLanguage(t, language)
		for _, tt := range tests {
			want := tt.en
			if language == "zh" {
				want = tt.zh
			}
			if got, loud := PhoneLine(tt.device, noon); got != want || loud != tt.loud {
				t.Errorf("%s in %s: %q (%v), want %q (%v)", tt.name, language, got, loud, want, tt.loud)
			}
		}
	}
}

func TestPhoneFacts(t *testing.T) {
	d := app.Device{Paired: noon.AddDate(0, 0, -1), Today: app.Usage{Requests: 12, Tokens: 4100}}
	old := app.Device{Paired: noon.AddDate(-1, 0, 0), Today: app.Usage{Requests: 1}}
	for language, want := range map[string][]string{
		"en": {"Paired May 3", "Today: 12 requests · 4,100 tokens", "Paired May 4, 2025", "Today: 1 request · 0 tokens"},
		"zh": {"配对于 5月3日", "今天：12 次请求 · 4,100 个 token", "配对于 2025年5月4日", "今天：1 次请求 · 0 个 token"},
	} {
		useLanguage(t, language)
		if got := append(PhoneFacts(d, noon), PhoneFacts(old, noon)...); !slices.Equal(got, want) {
			t.Errorf("in %s: %q, want %q", language, got, want)
		}
	}
}

func TestDeadline(t *testing.T) {
	useLanguage(t, "en")
	berlin := time.FixedZone("CEST", 2*60*60) // a pass counts in UTC, a person by the clock on the wall
	now := noon.In(berlin)
	day := func(days, hour, minute int) time.Time {
		return time.Date(2026, time.May, 4+days, hour, minute, 0, 0, berlin).UTC()
	}
	for _, tt := range []struct {
		until time.Time
		want  string
	}{
		{time.Time{}, ""},
		{day(0, 14, 5), "until 14:05"},
		{day(0, 23, 59), "until 23:59"},
		{day(1, 0, 0), "until midnight"},
		{day(1, 0, 1), "until 00:01 tomorrow"},
		{day(2, 0, 0), "until May 6"},
		{day(9, 14, 0), "until May 13"},
	} {
		if got := deadline(tt.until, now); got != tt.want {
			t.Errorf("until %v: %q, want %q", tt.until, got, tt.want)
		}
	}
}

func TestPromises(t *testing.T) {
	for _, tt := range []struct {
		language string
		guest    app.Guest
		want     []string
	}{
		{"ja", app.Guest{Models: []string{"tiny"}, Requests: 20}, []string{"スマホを削除するまで", "tinyのみ", "リクエスト20回"}},
		{"en", app.Guest{Until: noon.Add(time.Hour)}, []string{"Until 13:00", "All models"}},
		{"en", app.Guest{Requests: 1}, []string{"Until you remove the phone", "All models", "1 request"}},
		{"en", app.Guest{Models: []string{"tiny"}, Requests: 1000}, []string{"Until you remove the phone", "Only tiny", "1,000 requests"}},
	} {
		useLanguage(t, tt.language)
		if got := Promises(&tt.guest, noon); !slices.Equal(got, tt.want) {
			t.Errorf("%+v promises %q, want %q", tt.guest, got, tt.want)
		}
	}
}
