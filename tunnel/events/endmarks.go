package events

import "bytes"

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
	return hasMember(piece, `"finish_reason"`, `"`)
}

// hasMember looks for a quoted name with a value that begins so, anywhere in JSON text.
func hasMember(text []byte, quoted, value string) bool {
	for {
		_, after, ok := bytes.Cut(text, []byte(quoted))
		if !ok {
			return false
		}
		if bytes.HasPrefix(bytes.TrimLeft(after, " :"), []byte(value)) {
			return true
		}
		text = after
	}
}
