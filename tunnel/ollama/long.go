package ollama

import (
	"encoding/json"

	"modelbeam/tunnel/jsontext"
)

// A request is short but for what was said so far, which may be as long as a book. To encoding/json each pass over it
// costs as much as all else that the gateway does, and it makes several of them: so what is long is read, and
// written, without it where it is as usual. Most requests have nothing else.

// read reads the body of a request.
func (g *generation) read(body []byte) error {
	long, rest, ok := readLong(body)
	if !ok {
		return json.Unmarshal(body, g)
	}
	if rest != nil {
		if err := json.Unmarshal(rest, g); err != nil {
			return err
		}
	}
	g.Messages, g.Prompt, g.Stream = long.Messages, long.Prompt, long.Stream
	return nil
}

// readLong reads the members that may be long, and what stands beside them in nearly all requests. Of the others it
// returns an object, or nil if there are none. ok is false where what it reads is not as usual.
func readLong(body []byte) (long generation, rest []byte, ok bool) {
	r := jsontext.NewCursor(body)
	for name := range r.Members {
		switch string(name) {
		case "model": // nobody asks for it here
			r.Skip()
		case "messages":
			long.Messages = readMessages(&r)
		case "prompt":
			long.Prompt = r.Text()
		case "stream":
			long.Stream = readStream(&r)
		default: // a name has nothing that needs an escape
			rest = append(rest, ",\""...)
			rest = append(rest, name...)
			rest = append(rest, "\":"...)
			rest = append(rest, r.Raw()...)
		}
	}
	if rest != nil {
		rest[0] = '{' // in the place of the first comma
		rest = append(rest, '}')
	}
	return long, rest, r.Done()
}

// readStream tells a missing wish from a false one, which is no stream.
func readStream(r *jsontext.Cursor) *bool {
	if r.Null() {
		return nil
	}
	stream := r.Bool()
	return &stream
}

// readMessages reads a conversation. Pictures and tool calls make some of its messages unusual, and these alone are
// then read by encoding/json.
func readMessages(r *jsontext.Cursor) []message {
	said := []message{}
	for range r.Elements {
		before := *r
		m := usualMessage(r)
		if r.Odd() {
			*r, m = before, message{}
			if json.Unmarshal(r.Raw(), &m) != nil {
				r.GiveUp() // the error is to be that of the whole
			}
		}
		said = append(said, m)
	}
	return said
}

// usualMessage reads a message that is a text.
func usualMessage(r *jsontext.Cursor) (m message) {
	for name := range r.Members {
		switch string(name) {
		case "role":
			m.Role = r.Text()
		case "content":
			m.Content = r.Text()
		default:
			r.GiveUp()
		}
	}
	return m
}
