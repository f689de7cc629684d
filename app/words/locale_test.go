package words

import (
	"testing"
	"time"
)

// What a number of things is called follows each language's own rules, which know more than one and many.
func TestPlurals(t *testing.T) {
	tests := []struct {
		language string
		n        int
		want     string
	}{
		{"en", 0, "0 requests"},
		{"en", 1, "1 request"},
		{"en", 2, "2 requests"},
		{"fr", 0, "0 requête"},
		{"fr", 1, "1 requête"},
		{"fr", 2, "2 requêtes"},
		{"pt-BR", 0, "0 pedido"},
		{"pt-BR", 2, "2 pedidos"},
		{"es", 0, "0 peticiones"},
		{"ru", 0, "0 запросов"},
		{"ru", 1, "1 запрос"},
		{"ru", 3, "3 запроса"},
		{"ru", 11, "11 запросов"},
		{"ru", 21, "21 запрос"},
		{"ru", 112, "112 запросов"},
		{"ru", 10_000_001, "10\u00a0000\u00a0001 запрос"},
		{"ru", 12_000_011, "12\u00a0000\u00a0011 запросов"},
		{"ja", 1, "リクエスト1回"},
		{"vi", 1234, "1.234 yêu cầu"},
	}
	for _, tt := range tests {
		useLanguage(t, tt.language)
		if got := Requests(tt.n); got != tt.want {
			t.Errorf("%d in %s: %q, want %q", tt.n, tt.language, got, tt.want)
		}
	}
}

func TestNumbersByLanguage(t *testing.T) {
	day := time.Date(2026, time.November, 5, 15, 4, 0, 0, time.UTC)
	tests := []struct{ language, exact, short, percent, bytes, speed, day, year string }{
		{"en", "9,876", "12.3\u00a0K", "35%", "4.7\u00a0GB", "12.3\u00a0MB/s", "Nov 5", "Nov 5, 2026"},
		{"zh-Hans", "9,876", "1.2\u00a0万", "35%", "4.7\u00a0GB", "12.3\u00a0MB/秒", "11月5日", "2026年11月5日"},
		{"zh-Hant", "9,876", "1.2\u00a0萬", "35%", "4.7\u00a0GB", "12.3\u00a0MB/秒", "11月5日", "2026年11月5日"},
		{"ja", "9,876", "1.2万", "35%", "4.7\u00a0GB", "12.3\u00a0MB/秒", "11月5日", "2026年11月5日"},
		{"ko", "9,876", "1.2만", "35%", "4.7\u00a0GB", "12.3\u00a0MB/초", "11월\u00a05일", "2026년 11월\u00a05일"},
		{"de", "9.876", "12,3\u00a0Tsd.", "35\u00a0%", "4,7\u00a0GB", "12,3\u00a0MB/s", "5.\u00a0Nov.", "5.\u00a0Nov. 2026"},
		{"fr", "9\u00a0876", "12,3\u00a0k", "35\u00a0%", "4,7\u00a0Go", "12,3\u00a0Mo/s", "5\u00a0nov.", "5\u00a0nov. 2026"},
		{"es", "9876", "12,3\u00a0mil", "35\u00a0%", "4,7\u00a0GB", "12,3\u00a0MB/s", "5\u00a0nov", "5\u00a0nov 2026"},
		{"pt-BR", "9.876", "12,3\u00a0mil", "35%", "4,7\u00a0GB", "12,3\u00a0MB/s", "5 de nov.", "5 de nov. de 2026"},
		{"it", "9876", "12,3\u00a0mila", "35%", "4,7\u00a0GB", "12,3\u00a0MB/s", "5\u00a0nov", "5\u00a0nov 2026"},
		{"ru", "9\u00a0876", "12,3\u00a0тыс.", "35\u00a0%", "4,7\u00a0ГБ", "12,3\u00a0МБ/с", "5\u00a0нояб.", "5\u00a0нояб. 2026\u00a0г."},
		{"vi", "9.876", "12,3\u00a0N", "35%", "4,7\u00a0GB", "12,3\u00a0MB/s", "5\u00a0thg\u00a011", "5\u00a0thg\u00a011, 2026"},
	}
	if len(tests) != len(Languages) {
		t.Errorf("%d languages are tried, of %d", len(tests), len(Languages))
	}
	for _, tt := range tests {
		useLanguage(t, tt.language)
		got := []string{Compact(9876), Compact(12_345), Percent(.359), Bytes(4_712_345_678), Speed(12_345_678), DayName(day), dayAndYear(day)}
		for i, want := range []string{tt.exact, tt.short, tt.percent, tt.bytes, tt.speed, tt.day, tt.year} {
			if got[i] != want {
				t.Errorf("in %s: %q, want %q", tt.language, got[i], want)
			}
		}
	}
}

func TestLeft(t *testing.T) {
	tests := []struct {
		d      time.Duration
		en, ru string
	}{
		{0, "1 second left", "осталась 1 секунда"},
		{59_001 * time.Millisecond, "60 seconds left", "осталось 60 секунд"},
		{time.Minute, "1 minute left", "осталась 1 минута"},
		{61 * time.Second, "2 minutes left", "осталось 2 минуты"},
		{time.Hour, "1 hour left", "остался 1 час"},
		{21 * time.Hour, "21 hours left", "остался 21 час"},
	}
	for _, tt := range tests {
		for language, want := range map[string]string{"en": tt.en, "ru": tt.ru} {
			useLanguage(t, language)
			if got := Left(tt.d); got != want {
				t.Errorf("%v in %s: %q, want %q", tt.d, language, got, want)
			}
		}
	}
}

func TestPercentRoundsDown(t *testing.T) {
	useLanguage(t, "en")
	for fraction, want := range map[float64]string{-1: "0%", 0: "0%", .5: "50%", .9999: "99%", 1: "100%", 7: "100%"} {
		if got := Percent(fraction); got != want {
			t.Errorf("%v: %q, want %q", fraction, got, want)
		}
	}
}
