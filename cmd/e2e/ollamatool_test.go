package e2e

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestOllamasOwnTool has Ollama's command line tool use the laptop through the gateway: a real Ollama,
// and a server that speaks only OpenAI's API, of which the tool reads as much as of the other.
func TestOllamasOwnTool(t *testing.T) {
	tool(t, "ollama")
	const plain = "plain.gguf"
	server := startOllama(t, shortModel)
	other := serveFake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/chat/completions" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		events(w)
		for _, piece := range []string{chunk("Good "), chunk("morning"), "data: [DONE]\n\n"} {
			if tell(w, piece) != nil {
				return
			}
		}
	}, plain)
	b := startBeam(t, "--server", server.url, "--server", other.URL)
	b.serverAt(t, other.URL)
	host := b.url + "/t/" + b.addDevice(t, "tool").Key

	direct := ollamaTool(t, server.url, "list")
	list := ollamaTool(t, host, "list")
	for _, line := range strings.Split(strings.TrimSpace(direct), "\n")[1:] {
		if !strings.Contains(list, strings.Fields(line)[1]) {
			t.Errorf("the list lacks the digest of %q:\n%s", line, list)
		}
	}
	if !regexp.MustCompile(`(?m)^` + plain + `\s+[0-9a-f]{12}\s`).MatchString(list) {
		t.Errorf("the list lacks the other server's model:\n%s", list)
	}
	for name, want := range map[string]string{shortModel: "llama", plain: "unknown"} {
		if shown := ollamaTool(t, host, "show", name); !regexp.MustCompile(`architecture\s+` + want).MatchString(shown) {
			t.Errorf("of %s is shown:\n%s", name, shown)
		}
	}
	if said := ollamaTool(t, host, "run", plain, "hi"); strings.TrimSpace(said) != "Good morning" {
		t.Errorf("the other server's model says %q", said)
	}
	for _, name := range []string{shortModel, "tiny", "TINY", "library/tiny"} {
		if said := ollamaTool(t, host, "run", name, "hi"); len(strings.TrimSpace(said)) < 20 {
			t.Errorf("%s says %q", name, said)
		}
	}
	if loaded := ollamaTool(t, host, "ps"); !regexp.MustCompile(`(?m)^` + shortModel + `\s+[0-9a-f]{12}\s`).MatchString(loaded) {
		t.Errorf("loaded is:\n%s", loaded)
	}
	if version := ollamaTool(t, host, "-v"); !strings.Contains(version, "ollama version is 0.") {
		t.Errorf("the version is %q", version)
	}
}

// TestOllamasOwnToolWithNothing holds that its lists are empty and no crash where there is nothing.
func TestOllamasOwnToolWithNothing(t *testing.T) {
	b := startBeam(t, "--server", serveFake(t, http.NotFound).URL, "--demo", "off")
	host := b.url + "/t/" + b.addDevice(t, "tool").Key
	for _, what := range []string{"list", "ps"} {
		if out := ollamaTool(t, host, what); strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "NAME") {
			t.Errorf("%s prints %q", what, out)
		}
	}
}

// ollamaTool runs Ollama's command line tool on a host and returns what it prints.
func ollamaTool(t *testing.T, host string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, tool(t, "ollama"), args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "OLLAMA_HOST="+host)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ollama %q: %v: %s%s", args, err, out, complaints.String())
	}
	return string(out)
}
