package jsontext

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// encoded is what encoding/json writes for s.
func encoded(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// strange are strings that are written in other ways than most.
var strange = []string{
	"", "a", "hé", "<b>&amp;</b>", `"quoted" \ back`, "\x00\x01\b\t\n\v\f\r\x1f\x7f", "\u2028 \u2029 \u2027 \u202a — “”",
	"\xff", "a\xc3", "\xe2\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\ufffd", "😀", "seven..", "eight...", "nine....\"",
	"sixteen........\\", "中文字符一二三四五六七八", strings.Repeat("long and plain ", 50), strings.Repeat("x", 15) + "\n" + strings.Repeat("é", 9),
}

// TestPlain puts every byte at every place among others.
func TestPlain(t *testing.T) {
	for b := range 256 {
		for _, around := range []string{" ", "~", "\x80", "\xff", "!", "#", "[", "]"} {
			for at := range 20 {
				text := []byte(strings.Repeat(around, 20))
				text[at] = byte(b)
				want := len(text)
				if b < ' ' || b == '"' || b == '\\' {
					want = at
				}
				if inBytes, inString := Plain(text), Plain(string(text)); inBytes != want || inString != want {
					t.Errorf("%q: %d, in a string %d, want %d", text, inBytes, inString, want)
				}
			}
		}
	}
}

func TestAppendString(t *testing.T) {
	for _, s := range strange {
		if got, want := string(AppendString([]byte("x"), s)), "x"+encoded(t, s); got != want {
			t.Errorf("%q is written as %s, by encoding/json as %s", s, got, want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range strange {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(AppendString(nil, s)), encoded(t, s); got != want {
			t.Fatalf("%q is written as %s, by encoding/json as %s", s, got, want)
		}
	})
}

// texts reads a value that is a string, a null, or an object or an array of such values. It takes the strings out of it.
func texts(c *Cursor, depth int) (all []string) {
	c.space()
	switch {
	case c.Null():
	case depth == 0 || len(c.rest) == 0:
		c.Skip()
	case c.rest[0] == '{':
		for name := range c.Members {
			all = append(all, string(name))
			all = append(all, texts(c, depth-1)...)
		}
	case c.rest[0] == '[':
		for range c.Elements {
			all = append(all, texts(c, depth-1)...)
		}
	case c.rest[0] == '"':
		all = append(all, c.Text())
	default:
		c.Skip()
	}
	return all
}

// theSame are the strings that encoding/json finds.
func theSame(d *json.Decoder, depth int) (all []string) {
	var raw json.RawMessage
	if d.Decode(&raw) != nil {
		return nil
	}
	raw = bytes.TrimSpace(raw)
	if depth == 0 || raw[0] != '{' && raw[0] != '[' && raw[0] != '"' {
		return nil
	}
	inner := json.NewDecoder(bytes.NewReader(raw))
	first, _ := inner.Token()
	if s, ok := first.(string); ok {
		return []string{s}
	}
	for inner.More() {
		if first == json.Delim('{') {
			name, _ := inner.Token()
			all = append(all, name.(string))
		}
		all = append(all, theSame(inner, depth-1)...)
	}
	return all
}

// documents are JSON and what is not.
var documents = []string{
	`null`, `""`, `"a\n\u00e9\ud83d\ude00\/"`, `{}`, `[]`, ` { "a" : [ 1 , -0.5e+3 , true ] , "b_1" : { "C" : null } } `,
	`{"a":"x","b":["y",{"c":"z"}]}`, `{"a":1,"a":2}`, `{"A":1}`, `{"\u0061":1}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":1e}`, `{"a":-}`,
	`{"a":tru}`, `{"a":nullx}`, `{"a":1,}`, `[1,]`, `[,1]`, `{,}`, `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1}}`, `{"a":1} x`, `"a`, `"\x"`, `"\u12"`, `"\ud800"`, `"\ud800\u0041"`,
	"\"\x01\"", "\"\xff\"", "[\v]", "[\"\xff\"]", `["\ud800"]`, strings.Repeat("[", 40) + strings.Repeat("]", 40), strings.Repeat("[", 20) + strings.Repeat("]", 20),
	`{"a":"` + strings.Repeat("long ", 30) + `\"` + strings.Repeat("é", 30) + `"}`,
}

// same fails where the cursor has not given up and has read something else than encoding/json.
func same(t *testing.T, document []byte, depth int) (done bool) {
	t.Helper()
	c := NewCursor(document)
	got := texts(&c, depth)
	if !c.Done() {
		return false
	}
	if !json.Valid(document) {
		t.Fatalf("%q is no JSON to encoding/json", document)
	}
	want := theSame(json.NewDecoder(bytes.NewReader(document)), depth)
	if strings.Join(got, "\xff") != strings.Join(want, "\xff") {
		t.Fatalf("of %q came %q, by encoding/json %q", document, got, want)
	}
	return true
}

func TestCursor(t *testing.T) {
	for _, document := range documents {
		for depth := range 4 {
			same(t, []byte(document), depth)
		}
	}
	usual := []string{`null`, `""`, documents[2], `{}`, `[]`, `{"a":"x","b":["y",{"c":"z"}]}`, ` { "a" : [ 1 , -0.5e+3 , true , false ] } `, documents[len(documents)-1]}
	for _, document := range usual {
		if !same(t, []byte(document), 3) {
			t.Errorf("it gives up on %s", document)
		}
	}
}

func FuzzCursor(f *testing.F) {
	for _, document := range documents {
		f.Add([]byte(document), uint8(3))
		f.Add([]byte(document), uint8(0))
	}
	f.Fuzz(func(t *testing.T, document []byte, depth uint8) {
		same(t, document, int(depth%6))
	})
}

// A loop that is left early, and a value that is not taken, leave the text unread.
func TestCursorIsNotDoneHalfway(t *testing.T) {
	c := NewCursor([]byte(`{"a":1,"b":2}`))
	for range c.Members {
		c.Skip()
		break
	}
	if c.Done() {
		t.Error("it is done in the middle")
	}
	c = NewCursor([]byte(`[1,2]`))
	for range c.Elements {
	}
	if c.Done() {
		t.Error("it is done without a value")
	}
}

func BenchmarkAppendString(b *testing.B) {
	for name, s := range map[string]string{"token": "token", "long": strings.Repeat("and so on\n", 1600), "chinese": strings.Repeat("中文", 2700)} {
		b.Run(name, func(b *testing.B) {
			to := make([]byte, 0, 32<<10)
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				AppendString(to, s)
			}
		})
	}
}
