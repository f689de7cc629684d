package tunnel

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestScanner(t *testing.T) {
	photo := strings.Repeat("QUJD", 50_000)
	tests := []struct {
		body, model string
		streams     bool
		mcp         bool
	}{
		{`{"model":"a"}`, "a", false, false},
		{` { "model" : "a" , "stream" : true } `, "a", true, false},
		{`{"stream":true,"model":"a"}`, "a", true, false},
		{`{"stream":false,"model":"a"}`, "a", false, false},
		{`{"messages":[{"model":"no","content":"\"model\":\"no\""}],"model":"a"}`, "a", false, false},
		{`{"x":{"model":"no","stream":true},"model":"a"}`, "a", false, false},
		{`{"x":"model","y":"stream","model":"a"}`, "a", false, false},
		{`{"x":["model","no"],"model":"a/b:c"}`, "a/b:c", false, false},
		{`{"mo\u0064el":"\u0061\"b"}`, `a"b`, false, false},
		{`{"x":"\\","model":"a"}`, "a", false, false},
		{`{"x":"\\\"","model":"a"}`, "a", false, false},
		{`{"stream":"true"}`, "", false, false},
		{``, "", false, false},
		{`{"model":"a`, "", false, false},
		{`{"model":"a"} ` + "\r\n\t", "a", false, false},
		{`{"a":[],"b":{},"c":[1,-2.5e+3,null,{"d":[[true]]}],"model":"a"}`, "a", false, false},
		{`{"photo":"` + photo + `","model":"late"}`, "late", false, false},
		{`{"model":"` + strings.Repeat("x", 2*maxToken) + `"}`, strings.Repeat("x", maxToken), false, false},
		{strings.Repeat(`{"x":[`, 500) + `"model"`, "", false, false},
		{`{"tools":[{"type":"function"},{"server":"x","type":"mcp"}],"model":"a"}`, "a", false, true},
		{`{"tools":[{"type":"function","function":{"type":"mcp"}}]}`, "", false, false},
		{`{"other":[{"type":"mcp"}]}`, "", false, false},
		{`{"tools":[{"typ\u0065":"MCP"}]}`, "", false, true},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 3, 64, len(tt.body) + 1} {
			s := newScanner("model")
			for rest := tt.body; rest != ""; {
				n := min(size, len(rest))
				_, _ = s.Write([]byte(rest[:n]))
				rest = rest[n:]
			}
			name := fmt.Sprintf("%.60s in pieces of %d", tt.body, size)
			if got := s.best(); got.value != tt.model || s.streams.Load() != tt.streams || s.mcp != tt.mcp {
				t.Errorf("%s: model %q, streams %v, mcp %v", name, got.value, s.streams.Load(), s.mcp)
			} else if got.end > 0 && len(tt.model) < maxToken {
				var value string
				if err := json.Unmarshal([]byte(tt.body[got.start:got.end]), &value); err != nil || value != tt.model {
					t.Errorf("%s: stands at %q", name, tt.body[got.start:got.end])
				}
			}
			if cap(s.token) > 2*maxToken {
				t.Errorf("%s: holds %d bytes", name, cap(s.token))
			}
		}
	}
}

// FuzzScanner holds the scanner against encoding/json: what it lets through has one model for every
// parser, and nothing else that is valid is stopped.
func FuzzScanner(f *testing.F) {
	f.Add(`{"model":"a","stream":true}`)
	f.Add(`{"a":[{"b":"}"}],"model":"x\\"}`)
	f.Add(`{"m":[[[]],{}],"model":"\u00e4"}`)
	f.Add(`{"model":"a","Model":"b"}`)
	f.Add(`{"model":"a","mod\u0065l":null} x`)
	f.Fuzz(func(t *testing.T, body string) {
		s := newScanner("model")
		_, err := s.Write([]byte(body))
		members, valid := membersOf(body)
		if !valid {
			return
		}
		var models []string
		stopped := strings.ContainsRune(body, 0)
		for _, m := range members {
			if strings.EqualFold(m.name, "model") {
				models = append(models, m.value)
				stopped = stopped || len(models) > 1 || m.name != "model" || m.value[0] != '"'
			}
			stopped = stopped || strings.ContainsRune(m.name, 0) || strings.ContainsRune(m.name, utf8.RuneError) ||
				otherModel(m.name) != nil || strings.EqualFold(m.name, "extra_body")
		}
		if (err != nil) != stopped {
			t.Fatalf("%q: %v, stopped: want %v", body, err, stopped)
		}
		var asServer struct{ Model string }
		if err != nil || json.Unmarshal([]byte(body), &asServer) != nil || len(asServer.Model) >= maxToken/6 {
			return
		}
		if got := s.best().value; strings.ToValidUTF8(got, "\uFFFD") != asServer.Model {
			t.Errorf("%q: model is %q, for the server %q", body, got, asServer.Model)
		}
	})
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

func TestScannerStops(t *testing.T) {
	deep := strings.Repeat(`{"x":[`, maxDepth/2)
	for _, body := range []string{
		`{"model":"a","model":"a"}`, `{"model":"a","Model":"b"}`, `{"MODEL":"a"}`, `{"model":"a","mo\u0064el":"b"}`,
		`{"model":null}`, `{"model":1}`, `{"model":true}`, `{"model":["a"]}`, `{"model":{"a":1}}`,
		`{"model":"a"}{"model":"b"}`, `{"model":"a"}x`, `["model","a"]`, `"model"`, `model=b&x={"model":"a"}`, `}}}}{"model":"a"}`,
		"\xef\xbb\xbf" + `{"model":"a"}`, "\xff\xfe{\x00}\x00", `{"model":"a","model\u0000":"b"}`, "{\"model\":\"a\",\"mod\xffel\":\"b\"}",
		`{"model":"a"/*"*/,"model":"b"/*"*/}`, `{"model":"a",//"` + "\n" + `"x":1}`, `{'model':'a'}`, `{"x":1 "y":2}`, `{"x" "y"}`, `{"x":1,}`,
		`{"x":[1,]}`, `{,}`, `{"x"}`, `{"x":1]`, `{"x":[1}`, `{"x":}`, `{1:2}`, `{"x":1 2}`, `{"a":"b":"c"}`, deep + `[`,
		`{"model":"a","draft_model":"b"}`, `{"model":"a","Models":["b"]}`, `{"model":"a","extra_body":{"x":1,"model":"b"}}`,
		`{"model":"a","EXTRA_BODY":{"fallbacks":[]}}`,
	} {
		for _, size := range []int{1, 7, len(body)} {
			s := newScanner("model")
			var err error
			for rest := body; rest != "" && err == nil; rest = rest[min(size, len(rest)):] {
				_, err = s.Write([]byte(rest[:min(size, len(rest))]))
			}
			if err == nil {
				t.Errorf("%.80q in pieces of %d passed", body, size)
			}
		}
	}
	if _, err := newScanner("model").Write([]byte(deep)); err != nil {
		t.Errorf("a deep body: %v", err)
	}
	for body, ok := range map[string]bool{
		`{"name":"a","model":"a"}`: true, `{"name":"a","model":"b"}`: false, `{"name":"a","model":""}`: false,
		`{"model":null,"name":"a"}`: false, `{"name":"a","Name":"a"}`: false,
	} {
		if _, err := newScanner("model", "name").Write([]byte(body)); (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestFindFormModel(t *testing.T) {
	part := func(name, extra, value string) string {
		return fmt.Sprintf("--B\r\nContent-Disposition: form-data; name=%q%s\r\n\r\n%s\r\n", name, extra, value)
	}
	const end = "--B--\r\n"
	file := part("file", "; filename=\"my model, name 1 \xc3\xa4.wav\"\r\nContent-Type: audio/wav", strings.Repeat("\x00\n\r", 20_000)+"--C")
	model := part("model", "", "whisper")
	tests := map[string]string{
		model + end:                                                 "whisper",
		"\r\n" + model + end:                                        "whisper",
		model + strings.TrimSpace(end):                              "whisper",
		file + part("model", "", "whisper@b") + end:                 "whisper@b",
		part("prompt", "", "name=model") + end:                      "",
		part("timestamp_granularities[]", "", "word") + model + end: "whisper",
		"--B\r\ncontent-type: text/plain\r\ncontent-disposition: form-data; name=model\r\n\r\na\r\n" + end: "a",
		file + end: "",
	}
	for body, want := range tests {
		got, f := findFormModel(strings.NewReader(body), "B")
		if f != nil || got.value != want || (want != "" && body[got.start:got.end] != want) {
			t.Errorf("%.80q: found %+v, %v, want %q", body, got, f, want)
		}
	}
	for _, body := range []string{
		"", "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n", model, file, "preamble\r\n" + model + end, model + end + "x",
		model + model + end, model + part("Model", "", "b") + end, model + part("model[]", "", "b") + end, part("MODEL", "", "b") + end,
		part("model", "; filename=\"x\"", "whisper") + end, part("models", "", "b") + end, model + part("x", "; name=model", "b") + end,
		model + part("x", "; filename=\"; name=model; \"", "b") + end, model + part("x", "; name*=utf-8''model", "b") + end,
		model + part("x", "; name*0=mo; name*1=del", "b") + end, model + part("x", "\r\nContent-Disposition: form-data; name=model", "b") + end,
		model + part("x", "\r\n ; name=model", "b") + end, model + strings.ReplaceAll(part("x", "", "b"), "x", `mod\el`) + end,
		model + "--B\r\nContent-Disposition: form-data\r\n\r\nb\r\n" + end, model + "--B\r\n\r\nb\r\n" + end,
		strings.ReplaceAll(model+end, "\r\n", "\n"), model + part("x", "", "\n--B\nContent-Disposition: form-data; name=model\n\nb\n") + end,
		model + part("x", "", "--B\r\nContent-Disposition: form-data; name=model\r\n\r\nb") + end,
		strings.Replace(model, "--B\r\n", "--B \r\n", 1) + end, part("x", "", strings.Repeat("x", 20_000)+"--B") + end,
	} {
		if got, f := findFormModel(strings.NewReader(body), "B"); f == nil {
			t.Errorf("%.300q passed with %q", body, got.value)
		}
	}
}

// FuzzFindFormModel holds the form reader against mime/multipart: a form that passes has the same
// model for both, or none for both.
func FuzzFindFormModel(f *testing.F) {
	f.Add("--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na\r\n--B--\r\n")
	f.Add("--B\r\nContent-Disposition: form-data; name=x; filename=y\r\n\r\n\r\n--B\r\nContent-Disposition: form-data; name=model\r\n\r\nb\r\n--B--")
	f.Add("--B\r\nX: y\r\nContent-Disposition: form-data; filename=\"name;\"; name=\"model\"\r\n\r\na\r\n--B--\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		got, fault := findFormModel(strings.NewReader(body), "B")
		if fault != nil {
			return
		}
		var models []string
		for parts := multipart.NewReader(strings.NewReader(body), "B"); ; {
			part, err := parts.NextRawPart()
			if err != nil {
				break
			}
			if data, _ := io.ReadAll(part); strings.EqualFold(part.FormName(), "model") {
				models = append(models, string(data[:min(len(data), maxToken)]))
			}
		}
		if len(models) > 1 || len(models) == 1 != (got.end > 0) || len(models) == 1 && models[0] != got.value {
			t.Errorf("%q: the gateway finds %+v, the server %q", body, got, models)
		}
	})
}
