package e2e

import (
	"encoding/json"
	"net/http"
	"testing"
)

// messagesModel is the model of the server that serveMessages starts.
const messagesModel = "parrot"

// serveMessages starts a server that speaks the Anthropic dialect and whose answers have no end.
// The events are those of https://docs.anthropic.com/en/docs/build-with-claude/streaming.
func serveMessages(t *testing.T) *fake {
	t.Helper()
	return serveFake(t, func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Model  string
			Stream bool
		}
		err := json.NewDecoder(r.Body).Decode(&asked)
		if r.URL.Path != "/v1/messages" || err != nil || asked.Model != messagesModel || !asked.Stream || r.Header.Get("Anthropic-Version") == "" {
			http.Error(w, "not a streamed message for "+messagesModel, http.StatusBadRequest)
			return
		}
		events(w)
		_ = tell(w, "event: message_start\n"+
			`data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"parrot",`+
			`"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}`+"\n\n"+
			"event: content_block_start\n"+
			`data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`+"\n\n")
		babble(w, r, "event: content_block_delta\n"+
			`data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"squawk "}}`+"\n\n")
	}, messagesModel)
}
