package fault

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/dialect"
)

// TestCodesAreTheOnesInUse holds the table against the sources: a failure without a row would be answered
// with no status at all, and a row that nobody uses is documented for nothing.
func TestCodesAreTheOnesInUse(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := make(map[Code]bool)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`Code:\s+"(\w+)"`).FindAllStringSubmatch(string(source), -1) {
			used[Code(m[1])] = true
		}
	}
	for code := range used {
		if Codes[code].Status == 0 {
			t.Errorf("%s has no row in the table", code)
		}
	}
	for code, row := range Codes {
		if !used[code] {
			t.Errorf("%s is in the table, and no failure has it", code)
		}
		if row.Status < 400 || !strings.HasSuffix(row.Means, ".") {
			t.Errorf("%s: %+v", code, row)
		}
	}
}

// some are failures of each kind of making.
func some() []*Failure {
	l := Laptop("Anna's laptop")
	all := []*Failure{
		Internal, WebSocketExpected, NoRoom, Peer, NoServer, StreamExists, CodeWrong, ModelNotAllowed,
		TooLarge(2 << 20), MethodNotAllowed([]string{"GET", "HEAD"}), TooManyTries(time.Second), HostNotAllowed("evil.example"),
		l.KeyUnknown(), l.Removed(), l.PassUsedUp(), l.PassTooSmall(3, 2), l.Unreachable("Ollama"), l.Gone("Ollama"),
		l.ServerRedirects("Studio", nil), l.ModelNotFound("x", nil), l.PathNotSupported("Studio", "0.9", "/v1/responses", "no", true),
	}
	for kind := range ofBody {
		all = append(all, OfBody(&body.Fault{Kind: kind}))
	}
	return append(all, OfBody(&body.Fault{Kind: body.OtherModel, Field: "models"}), OfBody(&body.Fault{Kind: body.Misspelled, Field: "Model"}))
}

// TestShapes holds that every failure is JSON on one line in each dialect, and a sentence for a person.
func TestShapes(t *testing.T) {
	for _, f := range some() {
		if f.StatusCode() < 400 || !strings.HasSuffix(f.Message, ".") || !unicode.IsUpper(rune(f.Message[0])) || strings.Contains(f.Message, "%!") {
			t.Errorf("%s: status %d: %q", f.Code, f.StatusCode(), f.Message)
		}
		for d, path := range map[dialect.Dialect][]string{
			dialect.OpenAI: {"error", "message"}, dialect.Ollama: {"error"}, dialect.Anthropic: {"error", "message"},
		} {
			text := f.Body(d)
			var v map[string]any
			if err := json.Unmarshal(text, &v); err != nil || strings.Count(string(text), "\n") != 1 {
				t.Fatalf("%s: %v", text, err)
			}
			var got any = v
			for _, name := range path {
				got = got.(map[string]any)[name]
			}
			if got != f.Message {
				t.Errorf("%s in %s: %s", f.Code, d, text)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	l := Laptop("laptop")
	for _, tt := range []struct {
		failure     *Failure
		name, value string
	}{
		{l.KeyMissing(), "Www-Authenticate", `Bearer realm="Modelbeam"`},
		{WebSocketExpected, "Upgrade", "websocket"},
		{MethodNotAllowed([]string{"GET", "HEAD"}), "Allow", "GET, HEAD"},
		{TooManyTries(1500 * time.Millisecond), "Retry-After", "2"},
		{l.PassUsedUp(), "X-Should-Retry", "false"},
		{Internal, "Retry-After", ""},
	} {
		for method, empty := range map[string]bool{"GET": false, "HEAD": true} {
			w := httptest.NewRecorder()
			tt.failure.Write(w, httptest.NewRequest(method, "/", nil), dialect.OpenAI)
			if got := w.Header().Get(tt.name); got != tt.value || w.Code != tt.failure.StatusCode() || (w.Body.Len() == 0) != empty {
				t.Errorf("%s of %s: status %d, %s: %q, %d bytes", method, tt.failure.Code, w.Code, tt.name, got, w.Body.Len())
			}
		}
	}
}
