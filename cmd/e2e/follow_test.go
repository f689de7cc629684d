package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestNewModelIsFollowed makes a model while beam runs beside an Ollama that it found by itself:
// phones have it within the promised 10 s, and so does who asks "beam scan".
func TestNewModelIsFollowed(t *testing.T) {
	slowdown := watchSlowdown(t)
	laptop, _ := newHome(t)
	ollama := startOllama(t, shortModel)
	ollama.moveTo(t, laptop, usualPort)
	b := start(t, "beam", laptop.command(beamCommand(t).Path, "--json", "--state", t.TempDir(), "--no-mdns"))
	b.awaitEvent(t, "state", "Ollama is found", func(e event) bool { return offers(e, shortModel) })

	const newModel = "parrot:latest"
	ollama.derive(t, newModel)
	made := time.Now()
	b.awaitEvent(t, "state", "the new model is offered", func(e event) bool { return offers(e, newModel) })
	took := time.Since(made)
	t.Logf("the new model was offered %s after it was made", took.Round(time.Millisecond))
	assertPromise(t, took, 10*time.Second, slowdown())

	asked := time.Now()
	found := scanOnce(t, laptop)
	t.Logf("beam scan took %s", time.Since(asked).Round(time.Millisecond))
	if len(found) != 1 || found[0].Kind != "ollama" || found[0].URL != ollama.url ||
		!slices.Contains(found[0].Models, shortModel) || !slices.Contains(found[0].Models, newModel) {
		t.Errorf("beam scan prints %+v", found)
	}
}

// offers says whether a state has a server that is there and has the model.
func offers(e event, model string) bool {
	return slices.ContainsFunc(e.Servers, func(s server) bool { return s.Online && slices.Contains(s.Models, model) })
}

// derive makes a model from the tiny one with Ollama's own command, on Ollama's machine.
func (o *ollama) derive(t *testing.T, name string) {
	t.Helper()
	modelfile := filepath.Join(o.dir, "Modelfile")
	write(t, modelfile, "FROM "+shortModel+"\nPARAMETER num_predict 10\n")
	cmd := o.on.command(tool(t, "ollama"), "create", name, "-f", modelfile)
	cmd.Env = append(os.Environ(), "HOME="+o.dir, "OLLAMA_HOST="+o.url)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ollama create: %v\n%s", err, out)
	}
}

// scanOnce runs "beam scan" on a machine and returns what it prints.
func scanOnce(t *testing.T, m *machine) []server {
	t.Helper()
	out, err := m.command(beamCommand(t).Path, "scan", "--json").Output()
	if err != nil {
		t.Fatalf("beam scan: %v", err)
	}
	var found []server
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var s server
		if err := dec.Decode(&s); err != nil {
			t.Fatalf("beam scan printed %q: %v", out, err)
		}
		found = append(found, s)
	}
	return found
}
