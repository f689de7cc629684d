package words

import (
	"math"
	"testing"
)

func TestCompact(t *testing.T) {
	tests := []struct {
		n      int
		en, zh string
	}{
		{0, "0", "0"},
		{999, "999", "999"},
		{1000, "1,000", "1,000"},
		{9999, "9,999", "9,999"},
		{10_000, "10 K", "1 万"},
		{12_345, "12.3 K", "1.2 万"},
		{99_999, "99.9 K", "9.9 万"},
		{123_456, "123 K", "12.3 万"},
		{999_999, "999 K", "99.9 万"},
		{1_000_000, "1 M", "100 万"},
		{1_250_000, "1.2 M", "125 万"},
		{67_420_000, "67.4 M", "6,742 万"},
		{123_456_789, "123 M", "1.2 亿"},
		{1_000_000_000, "1 B", "10 亿"},
		{math.MaxInt64, "9,223,372,036 B", "92,233,720,368 亿"},
	}
	for _, language := range []string{"en", "zh"} {
		useLanguage(t, language)
		for _, tt := range tests {
			want := tt.en
			if language == "zh" {
				want = tt.zh
			}
			if got := Compact(tt.n); got != want {
				t.Errorf("%d in %s: %q, want %q", tt.n, language, got, want)
			}
		}
	}
}
