package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFailOver kills the server that answers. The page's very next question is answered by the
// other one that has the same model: neither the page nor its person has to do anything.
func TestFailOver(t *testing.T) {
	first, second := startOllama(t, endlessModel), startOllama(t, endlessModel)
	beam := startBeam(t, "--server", first.url, "--server", second.url)
	key := beam.addDevice(t, "page").Key
	page := openClients(t)
	ask := func() attempt { return call[attempt](page, "clients.openai", beam.url, key, endlessModel) }

	before := ask()
	assertStreamed(t, before)
	first.kill()
	after := ask()
	assertStreamed(t, after)

	by := []string{awaitChat(t, beam.process, 1).Server, awaitChat(t, beam.process, 2).Server}
	if by[0] == by[1] {
		t.Errorf("the questions were answered by %q", by)
	}
	if want := []string{endlessModel, endlessModel + "@" + by[1]}; !slices.Equal(before.Models, want) {
		t.Errorf("the models were %q, want %q", before.Models, want)
	}
}

// TestHungServerIsLeft stops the server that a question goes to, which takes it and says nothing. As
// soon as that is noticed the question goes to the other one that has the model.
func TestHungServerIsLeft(t *testing.T) {
	t.Parallel() // it waits until the server counts as gone
	first, second := startOllama(t, shortModel), startOllama(t, shortModel)
	beam := startBeam(t, "--server", first.url, "--server", second.url)
	key := beam.addDevice(t, "app").Key
	if resp, body := answer(t, chatRequest(t, beam.url, key, shortModel)); resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", resp.Status, body)
	}
	chosen, other := first, second
	if beam.serverAt(t, first.url).ID != awaitChat(t, beam.process, 1).Server {
		chosen, other = second, first
	}
	chosen.signal(syscall.SIGSTOP)
	t.Cleanup(func() { chosen.signal(syscall.SIGCONT) })
	asked := time.Now()
	resp, body := answer(t, chatRequest(t, beam.url, key, shortModel))
	t.Logf("answered after %s", time.Since(asked).Round(time.Millisecond))
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "[DONE]") {
		t.Errorf("%s: %.300s", resp.Status, body)
	}
	if by := awaitChat(t, beam.process, 2).Server; by != beam.serverAt(t, other.url).ID {
		t.Errorf("it was answered by %q", by)
	}
}

// TestHiddenServer proves that what a person hid on the laptop is not there for phones: it is
// not listed, and asking for it by name does not help.
func TestHiddenServer(t *testing.T) {
	shown, hidden := startOllama(t, shortModel), startOllama(t, shortModel, endlessModel)
	state := filepath.Join(t.TempDir(), "state")
	write(t, filepath.Join(state, "settings.json"), fmt.Sprintf(`{"hidden": [%q]}`, hidden.url))
	beam := startBeamIn(t, state, "--server", hidden.url, "--server", shown.url)
	key := beam.addDevice(t, "page").Key
	page := openClients(t)

	got := call[attempt](page, "clients.openai", beam.url, key, shortModel)
	if want := []string{shortModel}; got.Error != nil || len(got.Pieces) == 0 || !slices.Equal(got.Models, want) {
		t.Errorf("the page got %+v, want the models %q", got, want)
	}
	id := beam.serverAt(t, hidden.url).ID
	for _, model := range []string{endlessModel, endlessModel + "@" + id, shortModel + "@" + id} {
		got := call[attempt](page, "clients.openai", beam.url, key, model)
		if got.Error == nil || got.Error.Name != "NotFoundError" || got.Error.Status != http.StatusNotFound {
			t.Errorf("asked for %s, the page got %+v", model, got)
		}
	}
}

// serverAt waits until beam knows the server at that address and returns what it tells of it.
func (b *beam) serverAt(t *testing.T, url string) server {
	t.Helper()
	at := func(s server) bool { return s.URL == url && s.Online }
	e := b.awaitEvent(t, "state", url+" is known", func(e event) bool { return slices.ContainsFunc(e.Servers, at) })
	return e.Servers[slices.IndexFunc(e.Servers, at)]
}
