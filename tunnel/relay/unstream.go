package relay

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"

	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
)

// The client sees the whole answer at once then, at the end. That is what such a server can do; silence
// keeps the connection alive until it comes.

// streamlessPaths are where a stream can be made of a plain answer, with the kind of object that an
// event of it is.
var streamlessPaths = map[string]string{
	"/v1/chat/completions": "chat.completion.chunk",
	"/v1/completions":      "text_completion",
}

// unstream asks the server of q, which refuses streams as GPT4All does
// (https://github.com/nomic-ai/gpt4all/wiki/Local-API-Server), for a plain answer, and makes the
// stream of it that the client wants. It reports false when the client wants none.
func (l *Relay) unstream(req *http.Request, q *Request) (*http.Response, bool, error) {
	if streamlessPaths[q.Path] == "" || !q.target.Server.Quirks.NoStream || !q.Body.Fields.Streams {
		return nil, false, nil
	}
	usage, err := l.withoutStream(q)
	if err != nil {
		return nil, true, err
	}
	reword(req, q)
	req.Header.Set("Accept", "application/json")
	direct(req, q.target.Server, q.Dialect)
	res, err := l.ask(req, q)
	if err != nil {
		return nil, true, err
	}
	return res, true, streamOut(res, q, usage)
}

// withoutStream puts the request's body without its wish for a stream into q.reworded, and reports
// whether the stream shall end with the usage.
func (l *Relay) withoutStream(q *Request) (usage bool, err error) {
	body, release, err := l.wholeBody(q)
	if err != nil {
		return false, err
	}
	defer release()
	var request map[string]json.RawMessage
	if err := json.Unmarshal(body, &request); err != nil {
		return false, fault.NotJSON
	}
	var options struct {
		IncludeUsage bool `json:"include_usage"`
	}
	_ = json.Unmarshal(request["stream_options"], &options)
	delete(request, "stream")
	delete(request, "stream_options")
	if body, err = json.Marshal(request); err != nil {
		return false, fmt.Errorf("write request without stream: %w", err)
	}
	return options.IncludeUsage, l.respool(q, body)
}

// streamOut makes events of a plain answer, in place. Everything else stays as it is.
func streamOut(res *http.Response, q *Request, usage bool) error {
	const limit = 16 << 20
	is, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode != http.StatusOK || is != "application/json" {
		return nil
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, limit)) // what is longer is no answer of a model
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	stream, ok := events.OfAnswer(answer, streamlessPaths[q.Path], usage)
	if !ok { // an error that says 200, for one
		res.Body = events.Replace(answer, res.Body)
		return nil
	}
	meter := events.NewMeter(q.Tokens, "")
	meter.Usage(answer)
	res.Body = events.Replace(stream, res.Body)
	res.ContentLength, res.TransferEncoding = -1, []string{"chunked"}
	res.Header.Del("Content-Length")
	res.Header.Set("Content-Type", "text/event-stream")
	return nil
}
