package e2e

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// tally is what a server said that an answer came to.
type tally struct{ prompt, tokens int }

// TestUsage chats in every dialect with a real Ollama and compares what "beam devices" tells with
// what Ollama said. Only an answer that does not tell is counted by its pieces: Ollama sends one
// for each token but for some that make half a character, so a twentieth may be missing there.
func TestUsage(t *testing.T) {
	ollama := startOllama(t, shortModel)
	const other = "parrot:latest" // says less
	ollama.derive(t, other)
	state := filepath.Join(t.TempDir(), "state")
	b := startBeamIn(t, state, "--server", ollama.url)
	phone := b.addDevice(t, "phone")
	idle := b.addDevice(t, "idle")
	h := newHandset(t)
	h.key = phone.Key

	const question = `"messages":[{"role":"user","content":"Tell me something."}]`
	said := map[string]tally{}
	for _, ask := range []struct{ path, model, more string }{
		{"/v1/chat/completions", shortModel, `"stream":true,"stream_options":{"include_usage":true}`},
		{"/v1/chat/completions", shortModel, `"stream":false`},
		{"/api/chat", shortModel, `"stream":true`},
		{"/v1/chat/completions", other, `"stream":false`},
		{"/api/chat", other, `"stream":false`},
	} {
		got := h.chatWith(t, b.url, ask.path, `{"model":"`+ask.model+`",`+question+`,`+ask.more+`}`)
		told := tallyOf(t, got.Text)
		if got.Status != http.StatusOK || told.tokens == 0 || told.prompt == 0 {
			t.Fatalf("%+v: %d and %+v: %.300s", ask, got.Status, told, got.Text)
		}
		sum := said[ask.model]
		said[ask.model] = tally{sum.prompt + told.prompt, sum.tokens + told.tokens}
	}
	for range 2 {
		assertUsage(t, b, phone.ID, map[string]int{shortModel: 3, other: 2}, said, 0)
		if d := b.device(t, idle.ID); d.Today.Requests != 0 || len(d.Usage) != 0 {
			t.Errorf("who asked nothing is told to have used %+v, %+v", d.Today, d.Usage)
		}
		b.kill() // what was shown is on the disk
		b = startBeamIn(t, state, "--server", ollama.url)
	}

	// A stream whose client did not ask for the usage: the pieces are counted, or better.
	h.chatWith(t, b.url, "/v1/chat/completions", `{"model":"`+other+`",`+question+`,"stream":true}`)
	told := said[other]
	said[other] = tally{told.prompt, told.tokens + 10} // as long as the model's Modelfile says
	assertUsage(t, b, phone.ID, map[string]int{shortModel: 3, other: 3}, said, 1)
}

// assertUsage waits until "beam devices" tells of that many requests for each model, and compares
// the tokens; slack is how many of them may be missing.
func assertUsage(t *testing.T, b *beam, id string, requests map[string]int, said map[string]tally, slack int) {
	t.Helper()
	all := 0
	for _, n := range requests {
		all += n
	}
	await.True(t, "the usage is told", func() bool { return b.device(t, id).Today.Requests == all })
	d := b.device(t, id)
	tokens := 0
	for _, row := range d.Usage {
		want := said[row.Model]
		if row.Day != time.Now().Format(time.DateOnly) || row.Device != id || row.Requests != requests[row.Model] ||
			row.PromptTokens < want.prompt || row.Tokens > want.tokens || row.Tokens < want.tokens-slack {
			t.Errorf("the usage has %+v, want %d requests and %+v", row, requests[row.Model], want)
		}
		tokens += row.Tokens
	}
	if len(d.Usage) != len(requests) || d.Today.Tokens != tokens {
		t.Errorf("today is %+v with the rows %+v", d.Today, d.Usage)
	}
	t.Logf("beam tells of %+v; the server said %+v", d.Usage, said)
}

// tallyOf finds what the server said at the end of an answer, in each dialect.
func tallyOf(t *testing.T, answer string) tally {
	t.Helper()
	var last tally
	for line := range strings.Lines(answer) {
		var piece struct {
			Usage *struct {
				Prompt     int `json:"prompt_tokens"`
				Completion int `json:"completion_tokens"`
			}
			PromptEval int `json:"prompt_eval_count"`
			Eval       int `json:"eval_count"`
		}
		if json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &piece) != nil {
			continue
		}
		switch {
		case piece.Usage != nil:
			last = tally{piece.Usage.Prompt, piece.Usage.Completion}
		case piece.Eval > 0:
			last = tally{piece.PromptEval, piece.Eval}
		}
	}
	return last
}

// TestGarbageUsage proves that a broken file costs what it held and nothing else.
func TestGarbageUsage(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	write(t, filepath.Join(state, "usage.json"), `[{"day": "yesterday", `+"\x00 nonsense")
	server := serveFake(t, func(w http.ResponseWriter, _ *http.Request) { count(w) }, "m")
	b := startBeamIn(t, state, "--server", server.URL)
	d := b.addDevice(t, "phone")
	if got := b.device(t, d.ID); got.Today.Requests != 0 {
		t.Errorf("the list has %+v", got)
	}
	chat(t, b.url, d.Key, "m").rest()
	await.True(t, "usage is told again", func() bool { return b.device(t, d.ID).Today.Requests == 1 })
	if aside := filesWith(t, state, "nonsense"); len(aside) != 1 || aside[0] == "usage.json" {
		t.Errorf("the broken file is now %q", aside)
	}
}
