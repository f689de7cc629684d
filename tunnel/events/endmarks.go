package events

import (
	"bytes"
	"encoding/json"
)

// How a stream is known to have ended as it should. Without one of these marks, the end of an answer that is
// not sent in chunks may as well be a server that died: see Pieces.

// endMarks are the last events of OpenAI's chat, Anthropic's messages and OpenAI's responses.
var endMarks = [][]byte{
	[]byte("[DONE]"), []byte("message_stop"),
	[]byte("response.completed"), []byte("response.failed"), []byte("response.incomplete"),
}

func eventsFinished(piece []byte) bool {
	for _, mark := range endMarks {
		if bytes.Contains(piece, mark) {
			return true
		}
	}
	return hasMember(piece, "finish_reason", []byte(`"`))
}

// hasMember looks for "name": value... anywhere in JSON text.
func hasMember(text []byte, name string, value []byte) bool {
	quoted, err := json.Marshal(name)
	if err != nil {
		panic(err) // a constant
	}
	for {
		_, after, ok := bytes.Cut(text, quoted)
		if !ok {
			return false
		}
		if bytes.HasPrefix(bytes.TrimLeft(after, " :"), value) {
			return true
		}
		text = after
	}
}
