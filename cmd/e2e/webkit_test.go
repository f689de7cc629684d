package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// startWebKit starts WebKitGTK's own little browser, which nobody has used before, and its remote control
// (https://www.w3.org/TR/webdriver2).
func startWebKit(t *testing.T) *driven {
	t.Helper()
	driver := tool(t, "WebKitWebDriver")
	browsers, _ := filepath.Glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
	if len(browsers) == 0 {
		missing(t, "MiniBrowser")
	}
	address := freeAddress(t) // it cannot choose a port itself
	cmd := startDisplay(t).on(exec.Command(driver, "--host=127.0.0.1", "--port="+address[strings.LastIndex(address, ":")+1:]))
	home := t.TempDir()
	cmd.Env = append(cmd.Env, "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_CONFIG_HOME="+home,
		"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1", "LIBGL_ALWAYS_SOFTWARE=1", "WEBKIT_DISABLE_DMABUF_RENDERER=1")
	start(t, "WebKitWebDriver", cmd)
	base := "http://" + address + "/session"
	await.True(t, "WebKit's remote control listens", func() bool {
		res, err := http.Get(strings.TrimSuffix(base, "/session") + "/status")
		if err == nil {
			res.Body.Close()
		}
		return err == nil
	})
	capabilities := map[string]any{"webkitgtk:browserOptions": map[string]any{
		"binary": browsers[len(browsers)-1], "args": []string{"--automation"},
	}}
	opened, err := webDriver(base, map[string]any{"capabilities": map[string]any{"alwaysMatch": capabilities}})
	if err != nil {
		t.Fatal(err)
	}
	var session struct{ SessionID string }
	if err := json.Unmarshal(opened, &session); err != nil || session.SessionID == "" {
		t.Fatalf("WebKit says %s", opened)
	}
	base += "/" + session.SessionID
	t.Cleanup(func() {
		if req, err := http.NewRequest(http.MethodDelete, base, nil); err == nil {
			if res, err := http.DefaultClient.Do(req); err == nil {
				res.Body.Close()
			}
		}
	})
	return &driven{t: t, call: func(command string, parameters map[string]any) (json.RawMessage, error) {
		return webDriver(base+"/"+command, parameters)
	}}
}

func webDriver(url string, parameters map[string]any) (json.RawMessage, error) {
	body, err := json.Marshal(parameters)
	if err != nil {
		return nil, err
	}
	res, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", res.Status, answer.Value)
	}
	return answer.Value, nil
}
