package llm

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/sockets"
)

// The real thing, found through OLLAMA_HOST.
func TestWatchRealOllama(t *testing.T) {
	program := findOllama(t)
	addr := freeAddr(t)
	t.Setenv("OLLAMA_HOST", addr.String())
	t.Setenv("OLLAMA_MODELS", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	s := at(nil)
	s.replaced.sockets = seeing(func(s sockets.Socket) bool { return s.Addr.Port() == addr.Port() })
	s.replaced.kinds[0].more = ollamaPorts
	reports := follow(t, s)
	await.Value(t, "the first report, of nothing", reports, none)

	cmd := exec.Command(program, "serve")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	await.Value(t, "Ollama", reports, func(s []Server) bool {
		return one("Ollama")(s) && s[0].URL.Host == addr.String() && s[0].Version != ""
	})
	kill()
	await.Value(t, "its end", reports, none)
}

func findOllama(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("ollama"); err == nil {
		return path
	}
	home, err := os.UserHomeDir()
	if path := filepath.Join(home, "go", "bin", "ollama"); err == nil {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("Ollama is not installed")
	}
	t.Skip("Ollama is not installed")
	return ""
}
