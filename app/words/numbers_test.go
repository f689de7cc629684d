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
		{10_000, "10\u00a0K", "1\u00a0万"},
		{12_345, "12.3\u00a0K", "1.2\u00a0万"},
		{99_999, "99.9\u00a0K", "9.9\u00a0万"},
		{123_456, "123\u00a0K", "12.3\u00a0万"},
		{999_999, "999\u00a0K", "99.9\u00a0万"},
		{1_000_000, "1\u00a0M", "100\u00a0万"},
		{1_250_000, "1.2\u00a0M", "125\u00a0万"},
		{67_420_000, "67.4\u00a0M", "6,742\u00a0万"},
		{123_456_789, "123\u00a0M", "1.2\u00a0亿"},
		{1_000_000_000, "1\u00a0B", "10\u00a0亿"},
		{math.MaxInt64, "9,223,372,036\u00a0B", "92,233,720,368\u00a0亿"},
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
