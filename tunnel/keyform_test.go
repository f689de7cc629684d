package tunnel

import (
	"encoding/base64"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/keys"
	"modelbeam/tunnel/limit"
)

// pasted are ways in which a right key arrives.
var pasted = []struct {
	name    string
	headers [][2]string
}{
	{"as it should", auth("Bearer KEY")},
	{"in lower case", auth("bearer KEY")},
	{"without Bearer", auth("KEY")},
	{"Bearer twice", auth("Bearer Bearer KEY")},
	{"Bearer with a colon", auth("Bearer:KEY")},
	{"Bearer with a colon and a blank", auth("Bearer: KEY")},
	{"no blank", auth("BearerKEY")},
	{"a header in the header", auth("Authorization: Bearer KEY")},
	{"in quotes", auth(`Bearer "KEY"`)},
	{"in single quotes", auth("Bearer 'KEY'")},
	{"in typographic quotes", auth("Bearer “KEY”")},
	{"in backquotes", auth("Bearer `KEY`")},
	{"in angle brackets", auth("Bearer <KEY>")},
	{"in braces", auth("Bearer ${KEY}")},
	{"behind a name", auth("Bearer api_key=KEY")},
	{"as JSON", auth(`Bearer {"key":"KEY"}`)},
	{"with a full stop", auth("Bearer KEY.")},
	{"with a comma", auth("Bearer KEY, ")},
	{"with a semicolon", auth("Bearer KEY;")},
	{"with a written line end", auth(`Bearer KEY\n`)},
	{"with tabs", auth("Bearer \t KEY\t ")},
	{"no-break spaces", auth("Bearer \u00a0KEY\u00a0")},
	{"no-break space in Latin-1", auth("Bearer \xa0KEY")},
	{"zero-width space", auth("Bearer \u200bKEY")},
	{"byte order mark", auth("Bearer \ufeffKEY")},
	{"Token", auth("Token KEY")},
	{"Token with a name", auth("Token token=KEY")},
	{"ApiKey", auth("ApiKey KEY")},
	{"Basic as password", auth(basic("me", "KEY"))},
	{"Basic as user", auth(basic("KEY", ""))},
	{"Basic as both", auth(basic("KEY", "KEY"))},
	{"Basic as user without padding", auth(strings.TrimRight(basic("KEY", ""), "="))},
	{"Basic with blanks", auth(basic(" ", " KEY "))},
	{"Basic, never encoded", auth("Basic KEY")},
	{"Basic, the pair never encoded", auth("Basic me:KEY")},
	{"URL-encoded", auth("Bearer%20KEY")},
	{"URL-encoded quotes", auth("Bearer %22KEY%22")},
	{"URL-encoded underscores", auth("Bearer mb%5F" + strings.Repeat("A", 22))},
	{"first letter large", auth("Bearer Mb_" + strings.Repeat("A", 22))},
	{"in Markdown's underscores", auth("Bearer __KEY__")},
	{"in Markdown's asterisks", auth("Bearer **KEY**")},
	{"behind a word", auth("Bearer ollama KEY")},
	{"the address that holds it", auth("Bearer http://192.168.1.20:8717/t/KEY/v1")},
	{"two headers, junk first", append(auth("Bearer ollama"), auth("Bearer KEY")...)},
	{"two headers, junk last", append(auth("Bearer KEY"), auth("Bearer ollama")...)},
	{"two in one", auth("Bearer ollama, Bearer KEY")},
	{"another's key first", auth("Bearer mb_wrongwrongwrongwrongwr KEY")},
	{"x-api-key in quotes", [][2]string{{"X-Api-Key", `"KEY"`}}},
	{"x-api-key with Bearer", [][2]string{{"X-Api-Key", "Bearer KEY"}}},
	{"api-key with a comma", [][2]string{{"Api-Key", "KEY,"}}},
	{"Google's header", [][2]string{{"X-Goog-Api-Key", "KEY"}}},
	{"a proxy's header", [][2]string{{"Proxy-Authorization", "Bearer KEY"}}},
	{"a header of somebody's own", [][2]string{{"X-My-Token", "KEY"}}},
	{"a header of somebody's own, as Basic", [][2]string{{"X-My-Token", basic("me", "KEY")}}},
	{"a header of somebody's own, URL-encoded", [][2]string{{"X-My-Token", "%4Db%5F" + strings.Repeat("A", 22)}}},
	{"a sub-protocol of no WebSocket", [][2]string{{"Sec-Websocket-Protocol", "openai-insecure-api-key.KEY"}}},
}

func auth(value string) [][2]string { return [][2]string{{"Authorization", value}} }

// TestPastedKeys sends a right key in all those ways, and the same with a wrong one. What reaches the
// server has neither.
func TestPastedKeys(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	for _, tt := range pasted {
		req := g.request("POST", "/v1/chat/completions", chat("tiny"), "Authorization", "")
		for _, h := range tt.headers {
			req.Header.Add(h[0], withKey(h[1], testKey))
		}
		if res, body := fetch(t, req); res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d: %s", tt.name, res.StatusCode, body)
			continue
		}
		r, _ := rec.last(t)
		for name, values := range r.Header {
			if sent := strings.Join(values, " "); strings.Contains(sent, testKey[3:]) {
				t.Errorf("%s: %s: %s reached the server", tt.name, name, sent)
			}
		}
		g.failures.keys = limit.Addresses{} // they are more than a minute's tries
		for _, h := range tt.headers {
			req.Header.Set(h[0], withKey(strings.ReplaceAll(h[1], strings.Repeat("A", 22), "KEY"), "mb_CCCCCCCCCCCCCCCCCCCCCC"))
		}
		if res, _ := fetch(t, rewound(t, req)); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s, with a wrong key: status %d", tt.name, res.StatusCode)
		}
	}
}

// withKey puts key in the place of KEY, also in what Basic encodes.
func withKey(value, key string) string {
	if word, ok := strings.CutPrefix(value, "Basic "); ok {
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding} {
			if plain, err := encoding.DecodeString(word); err == nil && strings.Contains(string(plain), "KEY") {
				return "Basic " + encoding.EncodeToString([]byte(strings.ReplaceAll(string(plain), "KEY", key)))
			}
		}
	}
	return strings.ReplaceAll(value, "KEY", key)
}

// rewound is req once more.
func rewound(t *testing.T, req *http.Request) *http.Request {
	t.Helper()
	again := req.Clone(t.Context())
	var err error
	if again.Body, err = req.GetBody(); err != nil {
		t.Fatal(err)
	}
	return again
}

// TestManyKeysAreOneTry sees to it that a request with many wrong keys is one failed try, and that it
// makes no more work than a few do.
func TestManyKeysAreOneTry(t *testing.T) {
	g := newRig(t, nil)
	asked := &countingKeyring{Keyring: g.keys}
	g.Gateway.Keys = asked
	wrong := strings.Repeat("mb_CCCCCCCCCCCCCCCCCCCCCC ", 1) + strings.Repeat("mb_DDDDDDDDDDDDDDDDDDDDDD ", 20)
	var different strings.Builder
	for i := range 26 {
		different.WriteString("mb_" + strings.Repeat(string(rune('a'+i)), 22) + " ")
	}
	for i := range limit.PerMinute {
		req := g.request("GET", "/v1/models", "", "Authorization", wrong)
		req.Header.Add("X-Api-Key", different.String())
		if res, _ := fetch(t, req); res.StatusCode != http.StatusUnauthorized {
			t.Fatalf("request %d: status %d", i+1, res.StatusCode)
		}
	}
	if n := asked.n.Load(); n > keys.Max*limit.PerMinute {
		t.Errorf("%d keys were looked up for %d requests", n, limit.PerMinute)
	}
	if res, _ := fetch(t, g.request("GET", "/v1/models", "", "Authorization", wrong)); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("after a minute's tries: status %d", res.StatusCode)
	}
}

// TestKeyThatNobodyMeant is in a header that browsers send by themselves.
func TestKeyThatNobodyMeant(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	for _, name := range []string{"Cookie", "Referer", "Origin"} {
		value := "http://laptop.local/t/" + testKey + "/"
		if res, _ := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"), "Authorization", "", name, value)); res.StatusCode != 401 {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
		if res, _ := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"), name, value)); res.StatusCode != 200 {
			t.Errorf("%s beside a key: status %d", name, res.StatusCode)
		}
		if r, _ := rec.last(t); r.Header.Get(name) != "" {
			t.Errorf("%s reached the server", name)
		}
	}
}

// countingKeyring counts how often it is asked.
type countingKeyring struct {
	Keyring
	n atomic.Int64
}

func (k *countingKeyring) Device(key string) (Device, bool) {
	k.n.Add(1)
	return k.Keyring.Device(key)
}
