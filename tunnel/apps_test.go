package tunnel

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"modelbeam/tunnel/dialect"
)

func TestApps(t *testing.T) {
	s := describe(t, "ollama", dialect.OpenAI, "http://127.0.0.1:9", "qwen3:8b", "embed")
	s.Models[0].Abilities.Vision, s.Models[0].Context, s.Models[1].Abilities.Embedding = true, 8192, true
	r := newRig(t, nil, s)

	res, body := fetch(t, r.request("GET", "/apps", ""))
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s, Cache-Control %q: %s", res.Status, res.Header.Get("Cache-Control"), body)
	}
	var list struct {
		Apps []struct {
			ID   string
			Ways []struct{ Link, Picture string }
		}
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	for _, app := range list.Apps {
		if app.ID == "chatbox" {
			checkChatbox(t, r.url, app.Ways[0].Link)
		}
		if app.ID == "rikkahub" && !strings.HasPrefix(app.Ways[0].Picture, "data:image/png;base64,") {
			t.Errorf("no picture of the code: %+v", app.Ways[0])
		}
	}
}

func checkChatbox(t *testing.T, base, link string) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	config, err := base64.StdEncoding.DecodeString(u.Query().Get("config"))
	if err != nil {
		t.Fatalf("%v in %s", err, link)
	}
	want := `{"id":"modelbeam-install-1","isCustom":true,"name":"Testbook","settings":{"apiHost":"` + base +
		`/v1","apiKey":"` + testKey + `","models":[{"modelId":"qwen3:8b","type":"chat","capabilities":["vision"],"contextWindow":8192},` +
		`{"modelId":"embed","type":"embedding"}]},"type":"openai"}`
	if string(config) != want {
		t.Errorf("Chatbox gets\n%s, want\n%s", config, want)
	}
}

// The key in the offers is the one that opened the door, not another that came along.
func TestAppsKey(t *testing.T) {
	r := newRig(t, nil)
	_, body := fetch(t, r.request("GET", "/t/"+testKey+"/apps", "", "Authorization", "Bearer ollama", "X-Api-Key", "mb_wrong"))
	if !strings.Contains(body, testKey) || strings.Contains(body, "mb_wrong") || strings.Contains(body, `"ollama"`) {
		t.Errorf("offers with another key: %s", body)
	}
	for _, key := range []string{"", "Bearer mb_wrong"} {
		if res, _ := fetch(t, r.request("GET", "/apps", "", "Authorization", key)); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("with %q: %s", key, res.Status)
		}
	}
}

func TestBaseAddress(t *testing.T) {
	for host, want := range map[string]string{
		"192.168.1.20:8717":       "http://192.168.1.20:8717",
		"192.168.1.20":            "http://192.168.1.20",
		"laptop.tail1.ts.net:80":  "http://laptop.tail1.ts.net:80",
		"modelbeam.local:8717":    "http://127.0.0.1:8717",
		"Modelbeam.LOCAL.:8717":   "http://127.0.0.1:8717",
		"[fd00::1]:8717":          "http://[fd00::1]:8717",
		"[fd00::1]":               "http://[fd00::1]",
		"192.168.1.20:80@evil":    "http://192.168.1.20",
		"192.168.1.20:99999999":   "http://192.168.1.20",
		"notlocal.example.org:80": "http://notlocal.example.org:80",
	} {
		var got string
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			r.Host = host
			got = baseAddress(r)
		}))
		res, err := client.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		s.Close()
		if got != want {
			t.Errorf("host %q makes %s, want %s", host, got, want)
		}
	}
}
