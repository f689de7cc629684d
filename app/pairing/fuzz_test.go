package pairing

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
)

// FuzzUse types anything where a code is expected: only the code opens, once, however people write it,
// and nothing else does.
func FuzzUse(f *testing.F) {
	for _, typed := range []string{
		"7KV2-M901", "7kv2 m9oi", "7KV2M9OL", " 7 k-V_2M901", "", "-", "7KV2-M901-", "7KV2-M9011", "7KV2-M90", "7KV2‑M901", "７KV2M901",
		"7KU2-M901", "7KV2-M90ı", "7KV2-M90ſ", "7KV2-M901\x00", "7\u212aV2M901", "\xff7KV2M901",
	} {
		f.Add(typed, uint32(0))
	}
	f.Add("", uint32(0b1101_1010_0110_0101))
	f.Fuzz(func(t *testing.T, typed string, way uint32) {
		const code = "7KV2M901"
		codes := waiting(code)
		_, err := codes.Use(typed)
		if opens := asTyped(typed) == code; opens != (err == nil) {
			t.Fatalf("%q opens: %v, want %v", typed, err, opens)
		}
		if err != nil && !errors.Is(err, ErrWrong) {
			t.Errorf("%q is %v", typed, err)
		}
		if _, again := codes.Use(typed); err == nil && !errors.Is(again, ErrUsed) {
			t.Errorf("%q opens once more: %v", typed, again)
		}
		written := writtenIn(way, code)
		if _, err := waiting(code).Use(written); err != nil {
			t.Errorf("%q, written as %q: %v", code, written, err)
		}
	})
}

// waiting has one code, which nobody has used.
func waiting(text string) *Codes {
	return &Codes{made: map[string]*code{text: {expires: time.Now().Add(Life)}}}
}

// asTyped reads character by character what was meant, as the rule of Crockford's base 32 has it.
func asTyped(typed string) string {
	var meant []rune
	for _, r := range typed {
		switch r = unicode.ToUpper(r); r {
		case '-', ' ':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		meant = append(meant, r)
	}
	return string(meant)
}

// writtenIn writes a code in one of the ways in which people do, by four bits of way for each
// character.
func writtenIn(way uint32, code string) string {
	var text strings.Builder
	for _, r := range code {
		if way&1 != 0 {
			text.WriteByte("- "[way>>1&1])
		}
		if way&4 != 0 {
			r = unicode.ToLower(r)
		}
		switch {
		case way&8 != 0 && r == '0':
			r = 'o'
		case way&8 != 0 && r == '1':
			r = []rune("IlLi")[way&3]
		}
		text.WriteRune(r)
		way = way>>4 | way<<28
	}
	return text.String()
}
