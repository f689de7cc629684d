package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// appOrigin is what a chat app on an iPhone that is built with web technology sends: the
// origin of its own files.
const appOrigin = "capacitor://localhost"

// TestOllamaAloneRefusesPhoneApps shows the failure that Modelbeam exists for, on the real
// Ollama, and that the very same requests succeed through the gateway.
func TestOllamaAloneRefusesPhoneApps(t *testing.T) {
	ollama := startOllama(t, shortModel)
	beam := startBeam(t, "--server", ollama.url)
	key := beam.addDevice(t, "app").Key

	if resp := preflight(t, ollama.url); resp.StatusCode != http.StatusForbidden {
		t.Errorf("Ollama alone answers the preflight with %s; if it lets apps in now, what is Modelbeam for?", resp.Status)
	}
	if resp, _ := askFromApp(t, ollama.url, ""); resp.StatusCode != http.StatusForbidden {
		t.Errorf("Ollama alone answers the chat with %s", resp.Status)
	}

	resp := preflight(t, beam.url)
	if resp.StatusCode/100 != 2 || !allowsOrigin(resp) {
		t.Errorf("the gateway answers the preflight with %s and %v", resp.Status, resp.Header)
	}
	allowed := strings.ToLower(strings.Join(resp.Header.Values("Access-Control-Allow-Headers"), ","))
	for _, name := range []string{"authorization", "content-type", "x-stainless-os"} {
		if !strings.Contains(allowed, name) {
			t.Errorf("the preflight allows the headers %q, not %s", allowed, name)
		}
	}
	resp, body := askFromApp(t, beam.url, key)
	if resp.StatusCode != http.StatusOK || !allowsOrigin(resp) || !strings.Contains(body, "[DONE]") {
		t.Errorf("the gateway answers the chat with %s, %v, %.200s", resp.Status, resp.Header, body)
	}
	// A browser hides an answer without the header, a refusal too: then all that the app can
	// say is "network error".
	resp, _ = askFromApp(t, beam.url, "")
	if resp.StatusCode != http.StatusUnauthorized || !allowsOrigin(resp) {
		t.Errorf("without a key the gateway answers %s and %v", resp.Status, resp.Header)
	}
}

// preflight asks what a browser asks before it sends the chat.
func preflight(t *testing.T, base string) *http.Response {
	t.Helper()
	req := request(t, http.MethodOptions, base+"/v1/chat/completions", "", "")
	req.Header.Set("Origin", appOrigin)
	req.Header.Set("Access-Control-Request-Method", "POST")
	req.Header.Set("Access-Control-Request-Headers", "authorization,content-type,x-stainless-os")
	resp, _ := answer(t, req)
	return resp
}

func askFromApp(t *testing.T, base, key string) (*http.Response, string) {
	t.Helper()
	req := chatRequest(t, base, key, shortModel)
	req.Header.Set("Origin", appOrigin)
	return answer(t, req)
}

func answer(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// allowsOrigin says whether a browser would show the answer to the app: the header must be
// there once, and fit.
func allowsOrigin(resp *http.Response) bool {
	values := resp.Header.Values("Access-Control-Allow-Origin")
	return len(values) == 1 && (values[0] == "*" || values[0] == appOrigin)
}
