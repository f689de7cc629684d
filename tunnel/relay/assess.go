package relay

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"

	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
)

// A guest gets a request back of which nothing came, and clients act on a status without reading the words
// beside it. So every answer is looked at once more before it goes on.

// assess looks at an answer for whether its server did anything of what was asked. Where it does not
// even have the path, its bare 404 would look as if the gateway had not, so it gets words.
func (l *Relay) assess(res *http.Response, q *Request) {
	if f := l.lacking(res, q); f != nil {
		res.StatusCode, res.Status = f.StatusCode(), ""
		events.SetBody(res, f.Body(q.Dialect))
		res.Header.Del("Content-Encoding")
		res.Header.Del("Content-Disposition")
		res.Trailer = nil
		res.Header.Set("Content-Type", "application/json; charset=utf-8")
		res.Header.Set("Cache-Control", "no-store")
		q.failed, q.code = true, f.Code
		return
	}
	q.failed = res.StatusCode >= http.StatusInternalServerError
	q.witness = witness{res.Body, q}
	res.Body = &q.witness
}

// witness sees whether anything comes of an answer.
type witness struct {
	io.ReadCloser
	request *Request
}

func (w *witness) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.request.delivered = w.request.delivered || n > 0
	if err != nil {
		w.request.ended()
	}
	return n, err
}

// Wait is for events.Wait.
func (w *witness) Wait() error { return events.Wait(w.ReadCloser) }

// Ready is for events.Ready.
func (w *witness) Ready() bool { return events.Ready(w.ReadCloser) }

// lacking returns what to say instead of the answer of a server that does not have the path, or nil.
// What it says of a model is not about the path.
func (l *Relay) lacking(res *http.Response, q *Request) *fault.Failure {
	switch res.StatusCode {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusBadGateway:
	default:
		return nil
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, events.MaxError))
	res.Body = events.Rejoin(answer, res.Body)
	if err != nil {
		return nil
	}
	words := wordsOf(answer)
	unmasked := res.StatusCode == http.StatusBadGateway // the status that events.Unmask gives an error
	switch about := strings.ToLower(words); {
	case unmasked && !strings.Contains(about, "unexpected endpoint or method"): // LM Studio's word for it, sent with 200
		return nil
	case strings.Contains(about, "model"), q.target.Name != "" && strings.Contains(words, q.target.Name):
		return nil
	}
	return l.withoutPath(q, words)
}

// wordsOf returns what a JSON answer tells of a failure, in whichever of the usual places, and ""
// for all else.
func wordsOf(answer []byte) string {
	var v struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
		Detail  string          `json:"detail"` // FastAPI's
	}
	var inner struct {
		Message string `json:"message"`
	}
	var text string
	_ = json.Unmarshal(answer, &v) // what could be read counts
	switch {
	case json.Unmarshal(v.Error, &text) == nil && text != "":
		return text
	case json.Unmarshal(v.Error, &inner) == nil && inner.Message != "":
		return inner.Message
	case v.Message != "":
		return v.Message
	}
	return v.Detail
}

// saysNothing matches the words of servers that only repeat the status.
var saysNothing = regexp.MustCompile(`(?i)^\W*(\d{3}\W*)?((page|file|path|route|url|resource|endpoint)\W*)?` +
	`(not found|method not allowed|not implemented|unexpected endpoint.*|invalid url.*|cannot (get|post).*)?\W*$`)

// withoutPath says that a server has nothing at a path that others have there.
func (l *Relay) withoutPath(q *Request, words string) *fault.Failure {
	const longest = 200
	s := q.target.Server
	said := ""
	if !saysNothing.MatchString(words) {
		said = strings.TrimRight(strings.ToValidUTF8(words[:min(len(words), longest)], ""), ". \n")
	}
	return l.Laptop.PathNotSupported(s.Name, s.Version, q.Path, said, q.Generates)
}
