package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// TestServerDiesMidStream kills Ollama while it answers. The client is told in the stream,
// in words, and everything goes on as soon as Ollama is back.
func TestServerDiesMidStream(t *testing.T) {
	ollama := startOllama(t, shortModel, endlessModel)
	beam := startBeam(t, "--server", ollama.url)
	key := beam.addDevice(t, "phone").Key
	running := chat(t, beam.url, key, endlessModel)
	running.next(t, 20)

	ollama.kill()
	last := strings.Join(tail(running.rest(), 2), "\n")
	if !strings.Contains(last, `"error"`) || !strings.Contains(last, `"message"`) {
		t.Errorf("the answer ends with %q and %v, want an error event", last, running.err)
	}
	t.Logf("the stream ends with %s", last)
	if got := status(t, beam.url+"/healthz", ""); got != http.StatusOK {
		t.Errorf("the gateway now answers %d", got)
	}
	resp, body := answer(t, chatRequest(t, beam.url, key, shortModel))
	if resp.StatusCode < 500 || !strings.Contains(body, `"message"`) {
		t.Errorf("while Ollama is away a chat gets %s: %s", resp.Status, body)
	}
	t.Logf("while Ollama is away: %s: %s", resp.Status, body)

	ollama.serve(t)
	// The very next request works: nobody has to wait until Modelbeam has noticed.
	if resp, body := answer(t, chatRequest(t, beam.url, key, shortModel)); resp.StatusCode != http.StatusOK || !strings.Contains(body, "[DONE]") {
		t.Errorf("with Ollama back a chat gets %s: %.300s", resp.Status, body)
	}
}
