package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// startFirefox starts a Firefox that nobody has used before, with these settings, and takes its
// remote control (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
func startFirefox(t *testing.T, settings map[string]any) *driven {
	t.Helper()
	profile := t.TempDir()
	var prefs strings.Builder
	for name, value := range settings {
		fmt.Fprintf(&prefs, "user_pref(%q, %v);\n", name, value)
	}
	prefs.WriteString("user_pref(\"marionette.port\", 0);\n")
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(prefs.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, "firefox-esr"), "--headless", "--no-remote", "--marionette", "--profile", profile)
	cmd.Env = append(os.Environ(), "HOME="+profile)
	start(t, "Firefox", cmd)
	var port string
	await.True(t, "Firefox listens", func() bool {
		text, _ := os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
		port = strings.TrimSpace(string(text))
		return port != ""
	})
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	if _, err := m.receive(); err != nil { // it says what it is
		t.Fatal(err)
	}
	d := &driven{t: t, call: m.call}
	d.do("session", map[string]any{})
	return d
}

// marionette is Firefox's remote control: JSON with its length before it.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	id   int
}

var marionetteNames = map[string]string{"session": "WebDriver:NewSession", "url": "WebDriver:Navigate", "execute/sync": "WebDriver:ExecuteScript"}

func (m *marionette) call(command string, parameters map[string]any) (json.RawMessage, error) {
	m.id++
	message, err := json.Marshal([]any{0, m.id, marionetteNames[command], parameters})
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(message), message); err != nil {
		return nil, err
	}
	answer, err := m.receive()
	if err != nil {
		return nil, err
	}
	var parts [4]json.RawMessage // 1, the ID, an error, a result
	if err := json.Unmarshal(answer, &parts); err != nil {
		return nil, err
	}
	if string(parts[2]) != "null" {
		return nil, fmt.Errorf("Firefox says %s", parts[2])
	}
	var result struct{ Value json.RawMessage }
	_ = json.Unmarshal(parts[3], &result) // not every command has one
	return result.Value, nil
}

func (m *marionette) receive() ([]byte, error) {
	length, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil {
		return nil, err
	}
	message := make([]byte, n)
	_, err = io.ReadFull(m.in, message)
	return message, err
}
