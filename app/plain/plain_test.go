package plain

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

// hostile is every character that a terminal may obey, and some tricks made of them.
func hostile() []string {
	all := []string{
		"a\x1b]0;PWNED\x07\x1b[2J\x1b[31mred", "b\nOllama2 http://evil  x", "\r\x1b[A", "\u009b31m", "\u009d0;title\u009c",
		"evil\u202egnp.exe", "\u2066\u2069", "\u2028line", "bad\xff\xfebytes", "\x9b31m",
	}
	for r := range rune(0x100) {
		if unicode.IsControl(r) {
			all = append(all, "x"+string(r)+"y")
		}
	}
	return all
}

func assertPlain(t *testing.T, what, line string) {
	t.Helper()
	rest, ended := strings.CutSuffix(line, "\n")
	if !ended || strings.ContainsFunc(rest, obeyed) || strings.Contains(rest, "\u2028") {
		t.Errorf("%s: %q", what, line)
	}
}

func TestPrintf(t *testing.T) {
	for _, s := range hostile() {
		var b bytes.Buffer
		if err := Printf(&b, "%-16s|%v|%s|%d\n", s, errors.New(s), &url.URL{Scheme: "http", Host: "h", Opaque: s}, 7); err != nil {
			t.Fatal(err)
		}
		assertPlain(t, "text", b.String())
		if !strings.HasSuffix(b.String(), "|7\n") {
			t.Errorf("the number got lost in %q", b.String())
		}
	}
	if got := Text("安娜的模型 · 7b é"); got != "安娜的模型 · 7b é" {
		t.Errorf("a name became %q", got)
	}
}

func TestEncode(t *testing.T) {
	for _, s := range append(hostile(), "安娜", `quote " and \ and 	tab`) {
		var b bytes.Buffer
		if err := Encode(&b, map[string]string{s: s}); err != nil {
			t.Fatal(err)
		}
		assertPlain(t, "JSON", b.String())
		var got map[string]string
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%q: %v", b.String(), err)
		}
		want := strings.ToValidUTF8(s, "\ufffd")
		if strings.Contains(s, "\xff\xfe") {
			want = "bad\ufffd\ufffdbytes" // one for each byte, as encoding/json does
		}
		if got[want] != want {
			t.Errorf("%q became %q", s, got)
		}
	}
}
