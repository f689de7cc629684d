package body

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// FuzzScanner holds the scanner against other readers: what it lets through has one model for every
// one of them, what is plain JSON is not stopped, and of that it finds what encoding/json does.
func FuzzScanner(f *testing.F) {
	for _, body := range []string{
		`{"model":null,"stream":false,"prompt":["a","",[1],2,{}],"input":"","n":3,"best_of":"2","keep_alive":"5m","x":[{"model":1}]}`,
		`{ "stream" : true , "input" : [ "a" , 1 ] , "messages" : [ { "role" : "user" , "content" : [ { } ] } , null , "x" ] , "model" : "m" }`,
		`{"messages":[{"content":"[]","parts":[]}],"options":{"num_ctx":4096,"x":{"num_gpu":1},"num_thread":[1,2]},"ttl":{"a":1},"prompt":"a"}`,
		`{"num_ctx":1,"model":"","n":[7],"content":["a"],"prompt":"","prompt_":"x","Stream":true,"n_cmpl":0.5}`, `{}`, `[]`, `{"a":{}}}`, `{"a":]}`,
		"{\r\n\t\"a\" :\n[\r1\t,\n1E+5 ] }", `{"mo\u0064el":"\u0061\"b","n":"\u0032","prom\u0070t":"a","ttl":"1\u006d","\u0061":"\ud83d\ude00"}`,
		`{"tools":[{"type":"function","function":{"name":"mcp"}},1],"models":[],"fallbacks":null,"adapters":false,"draft_model":"","lora_path":{}}`,
		`{"tools":[{"a":1,"Type":"MCP"}]}`, `{"tools":{"type":"mcp"}}`, `{"tools":[[{"type":"mcp"}]],"x":{"type":"mcp"},"tool_ids":false}`, `{"a":[{"type":"mcp"}]}`,
		`{"models":true}`, `{"models":["a"]}`, `{"tool_ids":{"a":1}}`, `{"integrations":1}`, `{"draft_model":"x"}`, `{"fallbacks":[{}]}`, `{"mcp_servers":null}`,
		`{"extra_body":{"ttl":1,"stream":true,"n":2,"extra_body":{"prompt":["a"],"extra_body":{"messages":[{"content":[]}]}}},"extra":{"ttl":2}}`,
		`{"extra_body":{"extra_body":{"extra_body":{"extra_body":{}}}}}`, `{"extra_body":{"model":"a"}}`, `{"extra_body":[{"ttl":1}],"options":[{"num_gpu":1}]}`,
		`{"model":1}`, `{"model":{}}`, `{"Model":"a"}`, `{"n":0,"best_of":-1,"n_cmpl":"x"}`, `{"n":"1e3","prompt":{"a":["b"]}}`,
		`{"a":"\q","model":"m"}`, `{"\q":1}`, `{"a":}`, `{"a",}`, `{,}`, `{"a":[,]}`, `{"a"1}`, `{"a":1 2}`, `{1:2}`, `{"a":"b" "c"}`, `[{}]`, `{"a":[}`, `{"a":[1}`, `{{}}`,
		`{"model":"a","stream":true}`, `{"a":[{"b":"}"}],"model":"x\\"}`, `{"m":[[[]],{}],"model":"\u00e4"}`,
		`{"model":"a","Model":"b"}`, `{"model":"a","mod\u0065l":null} x`, `{"model":"a","mod\el":"b"}`, "{\"model\":\"\xf3\xf3\"}",
		`{"model":"","extra_body":{"keep_alive":0,"options":{"num_gpu":[1]}},"ttl":1}`, `{"model":"a","models":[ ]}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s, err := scan(body, max(1, len(body)), "model")
		if _, again := scan(body, 3, "model"); (err == nil) != (again == nil) {
			t.Fatalf("%q: %v whole, %v in pieces", body, err, again)
		}
		asPlainly(t, body, s, err)
		members, valid := membersOf(body)
		if err != nil {
			if valid && plainMembers(members) {
				t.Errorf("%q is stopped: %v", body, err)
			}
			return
		}
		if model := s.Model().Value; len(model) < maxToken {
			sameModel(t, body, model)
		}
		if !json.Valid([]byte(skeleton(body))) {
			t.Errorf("%q passes", body)
		}
		cutOff(t, body)
		if valid {
			withoutSettings(t, body, s)
			anotherModel(t, body, s)
		}
	})
}

// plainMembers reports whether nothing in members can mean anything to the gateway.
func plainMembers(members []member) bool {
	for _, m := range members {
		_, r := roleOf(m.name)
		if r != noRole || fold(m.name) == "model" || len(m.name) > maxToken/6 || strings.ContainsAny(m.name, "\x00\uFFFD") {
			return false
		}
	}
	return true
}

// sameModel compares what the gateway found with what a server would find.
func sameModel(t *testing.T, body, model string) {
	var strict struct{ Model *string }
	if json.Unmarshal([]byte(body), &strict) == nil && strict.Model != nil && *strict.Model != model {
		t.Errorf("%q: model is %q, for encoding/json %q", body, model, *strict.Model)
	}
	for _, m := range leniently(body) {
		_, r := roleOf(m.name)
		nothing := strings.Trim(m.value, " []{}\t\r\n\"") == "" || m.value == "null" || m.value == "false"
		if fold(m.name) == "model" && m.value != model && m.value != "null" || (r == otherModel || r == serverTool) && !nothing {
			t.Errorf("%q: model is %q, a lenient server finds %q in %q", body, model, m.value, m.name)
		}
	}
}

// withoutSettings looks whether a body without its settings is still one.
func withoutSettings(t *testing.T, body string, s *Scanner) {
	edits, _ := drop(s.Settings)
	left := edited(t, body, edits)
	members, ok := membersOf(left)
	if !ok {
		t.Errorf("%q becomes %q", body, left)
	}
	for _, m := range members {
		if _, r := roleOf(m.name); r == setting {
			t.Errorf("%q keeps %q", body, m.name)
		}
	}
}

type member struct{ name, value string }

// membersOf lists the members of a JSON object, also those that come twice.
func membersOf(body string) ([]member, bool) {
	d := json.NewDecoder(strings.NewReader(body))
	if first, err := d.Token(); err != nil || first != json.Delim('{') || !json.Valid([]byte(body)) {
		return nil, false
	}
	var all []member
	for d.More() {
		name, _ := d.Token()
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, false
		}
		all = append(all, member{name.(string), string(value)})
	}
	return all, true
}

// leniently lists the members of an object as Qt's parser would
// (https://code.qt.io/cgit/qt/qtbase.git/tree/src/corelib/serialization/qjsonparser.cpp): of an escape that
// JSON does not have it drops the backslash, and it takes every character in a string. Strings come without
// quotes, the rest as it is written.
func leniently(body string) []member {
	var all []member
	var name string
	var named bool
	depth, from := 0, 0
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			text, n := lenientString(body[i:])
			switch {
			case depth == 1 && !named:
				name = text
			case depth == 1:
				all, named = append(all, member{name, text}), false
			}
			i += n - 1
		case c == ':' && depth == 1:
			named, from = true, i+1
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']' || c == ',':
			if named && (depth == 1 || depth == 2 && c != ',') {
				end := i
				if depth == 2 {
					end++
				}
				all, named = append(all, member{name, strings.TrimSpace(body[from:end])}), false
			}
			if c != ',' {
				depth--
			}
		}
	}
	return all
}

// lenientString reads a string and returns how many bytes it took.
func lenientString(s string) (text string, n int) {
	var out strings.Builder
	for n = 1; n < len(s) && s[n] != '"'; n++ {
		if s[n] != '\\' || n+1 == len(s) {
			out.WriteByte(s[n])
			continue
		}
		n++
		var decoded string
		size := 2
		if s[n] == 'u' {
			size = 6
			if n+10 < len(s) && s[n+5] == '\\' && s[n+6] == 'u' {
				size = 12 // perhaps a surrogate pair
			}
		}
		for ; size > 1; size -= 6 {
			if n-1+size <= len(s) && json.Unmarshal([]byte(`"`+s[n-1:n-1+size]+`"`), &decoded) == nil && (size < 12 || utf8.RuneCountInString(decoded) == 1) {
				break
			}
		}
		if decoded == "" {
			out.WriteByte(s[n])
			continue
		}
		out.WriteString(decoded)
		n += size - 2
	}
	return out.String(), n + 1
}

// FuzzFold holds that names which any reader may take for one another are one to the gateway.
func FuzzFold(f *testing.F) {
	f.Add("mode\u017f")
	f.Add("\u212aeep_alive")
	f.Add("Model")
	f.Fuzz(func(t *testing.T, name string) {
		lower, upper := strings.ToLower(name), strings.ToUpper(name)
		for known := range roles {
			same := strings.EqualFold(name, known) || lower == known || upper == strings.ToUpper(known)
			if same && fold(name) != known {
				t.Errorf("%q is not taken for %q", name, known)
			}
		}
	})
}

// FuzzUnpack holds that whatever comes is unpacked within bounds, and as the libraries do it.
func FuzzUnpack(f *testing.F) {
	text := []byte(strings.Repeat(`{"model":"a"}`, 100))
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(text)
	_ = z.Close()
	e, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(zipped.Bytes(), true)
	f.Add(e.EncodeAll(text, nil), false)
	f.Add([]byte{}, false)
	f.Fuzz(func(t *testing.T, packed []byte, isGzip bool) {
		encoding := "zstd"
		if isGzip {
			encoding = "gzip"
		}
		got, err := unpack(encoding, bytes.NewReader(packed))
		if most := freeRide + maxRatio*len(packed) + 64<<10; len(got) > most {
			t.Errorf("%d bytes became %d", len(packed), len(got))
		}
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("%v is no fault", err)
		}
		if !isGzip {
			return
		}
		z, want := gzip.NewReader(bytes.NewReader(packed))
		var whole []byte
		if want == nil {
			whole, want = io.ReadAll(io.LimitReader(z, 64<<20))
		}
		if (want == nil) != (err == nil) && (fault == nil || fault.Kind != Exploding) || err == nil && !bytes.Equal(whole, got) {
			t.Errorf("%x: %v, the library says %v", packed, err, want)
		}
	})
}

func unpack(encoding string, packed io.Reader) ([]byte, error) {
	u, err := Unpack(encoding, packed)
	if err != nil {
		return nil, err
	}
	defer u.Close()
	return io.ReadAll(u)
}
