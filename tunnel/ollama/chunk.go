package ollama

import "modelbeam/tunnel/jsontext"

// usual reads an event of a stream that is as nearly all are: something said, or the reason for the end, and nothing
// else that means anything here. A server writes a hundred of them a second for each of its answers. ok is false for
// all others, which encoding/json reads; of those that it reads it makes the same.
//
// No member is looked for in other letters, or taken twice, as encoding/json does: the cursor gives up on events in
// which that would make a difference.
func usual(event []byte) (c choice, ok bool) {
	r := jsontext.NewCursor(event)
	n := 0
	for name := range r.Members {
		switch string(name) {
		case "choices":
			for range r.Elements {
				n++
				c = usualChoice(&r)
			}
		case "usage", "error":
			// Many servers send a null with all events but one.
			if !r.Null() {
				r.GiveUp()
			}
		default:
			r.Skip()
		}
	}
	return c, r.Done() && n == 1
}

// usualChoice reads one of the choices. What there is beside, such as the index and the probabilities, has no place in
// Ollama's API.
func usualChoice(r *jsontext.Cursor) (c choice) {
	for name := range r.Members {
		switch string(name) {
		case "delta":
			c.Delta = usualWords(r)
		case "text":
			c.Text = text(r.Text())
		case "finish_reason":
			c.FinishReason = r.Text()
		case "message": // of a whole answer
			r.GiveUp()
		default:
			r.Skip()
		}
	}
	return c
}

// usualWords reads what the model says. The parts of tool calls come together over many events, and they are rare: that
// is left to encoding/json.
func usualWords(r *jsontext.Cursor) (w words) {
	for name := range r.Members {
		switch string(name) {
		case "content":
			w.Content = text(r.Text())
		case "reasoning_content":
			w.ReasoningContent = text(r.Text())
		case "reasoning":
			w.Reasoning = text(r.Text())
		case "tool_calls":
			if !r.Null() { // some send an empty list with every piece
				for range r.Elements {
					r.GiveUp()
				}
			}
		default:
			r.Skip()
		}
	}
	return w
}
