package keys

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const testKey = "mb_AAAAAAAAAAAAAAAAAAAAAA"

func TestFormed(t *testing.T) {
	a, b := "mb_"+strings.Repeat("a", 22), "mb_-_"+strings.Repeat("b", 20)
	tests := map[string][]string{
		"":                                    nil,
		"mb_":                                 nil,
		a:                                     {a},
		a[:24]:                                nil,
		a + "a":                               nil,
		"_" + a + "_":                         {a},
		"--" + a + "--":                       {a},
		a + "_a":                              nil,
		a + "." + b:                           {a, b},
		"mb_" + a:                             {a},
		"mb_mb_" + a:                          {a},
		"MB_" + a[3:]:                         {a},
		"mb-" + a[3:]:                         nil,
		"mb_aaaaaaaaaaa aaaaaaaaaaa":          nil,
		"mb_ümläut" + strings.Repeat("a", 30): nil,
		strings.Repeat("mb_", 1000) + "\n":    nil,
	}
	for text, want := range tests {
		if got := formed(text); !slices.Equal(got, want) {
			t.Errorf("%.60q: %q, want %q", text, got, want)
		}
	}
}

func FuzzFormed(f *testing.F) {
	for _, text := range []string{
		"Bearer KEY", "BearerKEY", `Bearer "KEY"`, "Bearer KEY, ", "Bearer %22KEY%22", "Bearer __KEY__", "mb_KEY", "KEY KEY",
		"Basic " + base64.StdEncoding.EncodeToString([]byte("me:"+testKey)), "Bearer mb%5F" + testKey[3:],
	} {
		f.Add(strings.ReplaceAll(text, "KEY", testKey))
	}
	whole := regexp.MustCompile(`^mb_[A-Za-z0-9_-]{22}$`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, key := range formed(text) {
			if !whole.MatchString(key) || !strings.Contains(text, key[len(keyStart):]) {
				t.Errorf("%q is no key in %q", key, text)
			}
		}
		_ = keysIn(text)
		if got := formed(text + " " + testKey); len(got) == 0 || got[len(got)-1] != testKey {
			t.Errorf("the key after %q is not found: %q", text, got)
		}
	})
}
