package ollama

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"modelbeam/tunnel/jsontext"
)

// line is v as JSON with a line end.
func line(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // Ollama does not; < and > are common in answers
	if err := e.Encode(v); err != nil {
		panic(err) // our own types, and raw JSON that was read as such
	}
	return b.Bytes()
}

// The lines of a stream are written by hand. FuzzLines holds that they are what encoding/json makes of a reply, whose
// fields and their order stand there.

// appendPart appends what line would make of a part without tool calls, of which a stream has thousands.
func (a *answer) appendPart(to []byte, said, thinking string) []byte {
	return append(a.appendSaid(to, said, thinking), `,"done":false}`+"\n"...)
}

// appendLast appends what line would make of the end of an answer in which all has been said. A short chat is an
// end and little more.
func (a *answer) appendLast(to []byte, m metrics) []byte {
	to = append(a.appendSaid(to, "", ""), `,"done":true,"done_reason":`...)
	to = jsontext.AppendString(to, doneReason(a.reason))
	for _, v := range []struct {
		name  string
		value int64
	}{
		{"total_duration", int64(m.TotalDuration)},
		{"load_duration", int64(m.LoadDuration)},
		{"prompt_eval_count", int64(m.PromptEvalCount)},
		{"prompt_eval_duration", int64(m.PromptEvalDuration)},
		{"eval_count", int64(m.EvalCount)},
		{"eval_duration", int64(m.EvalDuration)},
	} {
		to = append(to, `,"`...)
		to = append(to, v.name...)
		to = append(to, `":`...)
		to = strconv.AppendInt(to, v.value, 10)
	}
	return append(to, "}\n"...)
}

// appendSaid appends a line up to what the model says in it.
func (a *answer) appendSaid(to []byte, said, thinking string) []byte {
	to = append(to, `{"model":`...)
	to = jsontext.AppendString(to, a.model)
	to = append(to, `,"created_at":"`...)
	to = time.Now().UTC().AppendFormat(to, time.RFC3339Nano)
	if a.chat {
		to = append(to, `","message":{"role":"assistant","content":`...)
	} else {
		to = append(to, `","response":`...)
	}
	to = jsontext.AppendString(to, said)
	if thinking != "" {
		to = append(to, `,"thinking":`...)
		to = jsontext.AppendString(to, thinking)
	}
	if a.chat {
		to = append(to, '}')
	}
	return to
}
