// Package ollama answers Ollama's API for servers that speak only OpenAI's: it puts a request into
// the words of the one and the answer into those of the other. It asks nobody itself.
//
// The two APIs are at https://github.com/ollama/ollama/blob/main/docs/api.md and
// https://platform.openai.com/docs/api-reference/chat.
package ollama

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/events"
)

// Server is what has to be known of the server that will be asked.
type Server struct {
	Model  string // the name by which it knows the model
	Quirks catalog.Quirks
}

// Translation is one request in OpenAI's words. It is for one goroutine at a time.
type Translation struct {
	Path   string // of OpenAI's API, where the request goes by POST
	Body   []byte // JSON
	Stream bool   // the client wants lines as they come, not one JSON value
	// Ready is the answer where there is nothing to ask: Ollama loads a model on a request without
	// words, and OpenAI's servers do that by themselves. Path and Body are empty then.
	Ready []byte

	model  string
	began  time.Time
	answer func(t *Translation, body []byte) ([]byte, error) // puts a whole answer into Ollama's words
	chat   bool                                              // answers hold a message; else, and for generate, a bare text
}

// New translates a request's body for one of /api/chat, /api/generate, /api/embed and
// /api/embeddings. An error means that the body is not what Ollama takes.
func New(path string, body []byte, to Server) (*Translation, error) {
	t := &Translation{model: to.Model, began: time.Now()}
	var err error
	switch path {
	case "/api/chat", "/api/generate":
		t.chat = path == "/api/chat"
		err = t.generation(body, to)
	case "/api/embed", "/api/embeddings":
		err = t.embedding(body, path == "/api/embeddings")
	default:
		err = fmt.Errorf("translate %s: no such request", path)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// maxAnswer bounds an answer that is read whole.
const maxAnswer = 64 << 20

// Answer puts the server's answer into Ollama's words, in place. A stream of events becomes one of
// lines that is translated while it is read; everything else is read here, to its end. A failure
// keeps its status. After an error the answer is of no use.
func (t *Translation) Answer(res *http.Response) error {
	good := res.StatusCode < http.StatusMultipleChoices
	if good && t.Stream && events.FormatOf(res.Header.Get("Content-Type")) == events.EventStream {
		replaceBody(res, newStream(t, res.Body), -1, "application/x-ndjson")
		res.TransferEncoding = chunked
		return nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	kind := "application/json"
	if message, failed := failureIn(body, res.StatusCode); failed {
		if good { // LM Studio says 200 to what it does not know
			res.StatusCode, res.Status = http.StatusBadGateway, ""
		}
		body = errorLine(message)
	} else if body, err = t.answer(t, body); err != nil {
		return err
	} else if t.Stream {
		kind = "application/x-ndjson"
	}
	replaceBody(res, io.NopCloser(bytes.NewReader(body)), int64(len(body)), kind)
	return nil
}

// chunked says of a stream, however the server sends it, that its end is not to be taken for one which broke off:
// reading tells the two apart.
var chunked = []string{"chunked"}

// replaceBody exchanges an answer's body; a negative length means that it is not known.
func replaceBody(res *http.Response, body io.ReadCloser, length int64, kind string) {
	res.Body, res.ContentLength, res.TransferEncoding = body, length, nil
	res.Header.Set("Content-Type", kind)
	res.Header.Del("Content-Length")
	if length >= 0 {
		res.Header.Set("Content-Length", strconv.FormatInt(length, 10))
	}
}
