package machine

import (
	"strings"
	"testing"
)

func TestMemTotal(t *testing.T) {
	for text, want := range map[string]int64{
		"MemTotal:       16266268 kB\nMemFree:         120000 kB\n": 16266268 << 10,
		"MemFree: 7 kB\nMemTotal:\t8000000 kB\n":                    8000000 << 10,
		"":                                                          0,
		"MemTotal:":                                                 0,
		"MemTotal: -5 kB":                                           0,
		"MemTotal: x kB":                                            0,
		"SwapMemTotal: 5 kB":                                        0,
		"MemTotal: 99999999999999999999999 kB":                      0,
	} {
		if got := memTotal(strings.NewReader(text)); got != want {
			t.Errorf("%q: %d bytes, want %d", text, got, want)
		}
	}
}
