package tunnel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// assess looks at an answer for whether its server did anything of what was asked. Where it does not
// even have the path, its bare 404 would look as if the gateway had not, so it gets words.
func (g *Gateway) assess(res *http.Response, c *call) {
	if f := g.lacking(res, c); f != nil {
		answer := f.body(c.dialect())
		res.StatusCode, res.Status = f.status, ""
		res.Body = rejoined(bytes.NewReader(answer), res.Body)
		res.ContentLength, res.TransferEncoding = int64(len(answer)), nil
		for _, name := range []string{"Content-Encoding", "Content-Disposition", "Trailer"} {
			res.Header.Del(name)
		}
		res.Header.Set("Content-Type", "application/json; charset=utf-8")
		res.Header.Set("Content-Length", strconv.Itoa(len(answer)))
		res.Header.Set("Cache-Control", "no-store")
		c.unanswered = true
		return
	}
	c.unanswered = res.StatusCode >= http.StatusInternalServerError
	res.Body = &witness{res.Body, c}
}

// note remembers a failure of the laptop's own.
func (c *call) note(f *failure) {
	if f.status >= http.StatusInternalServerError && !c.delivered {
		c.unanswered = true
	}
}

// witness sees whether anything comes of an answer.
type witness struct {
	io.ReadCloser
	call *call
}

func (w *witness) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.call.delivered = w.call.delivered || n > 0
	if err != nil {
		w.call.ended()
	}
	return n, err
}

// ended comes with the end of an answer, planned or not.
func (c *call) ended() {
	var f *failure
	switch cause := context.Cause(c.ctx); {
	case errors.As(cause, &f):
		c.note(f)
	case cause == nil && !c.delivered:
		c.unanswered = true // the client is still there, and got nothing
	}
}

// lacking returns what to say instead of the answer of a server that does not have the path, or nil.
// What it says of a model is not about the path.
func (g *Gateway) lacking(res *http.Response, c *call) *failure {
	switch res.StatusCode {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusBadGateway:
	default:
		return nil
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxMasked))
	res.Body = rejoined(io.MultiReader(bytes.NewReader(answer), res.Body), res.Body)
	if err != nil {
		return nil
	}
	words := wordsOf(answer)
	unmasked := res.StatusCode == http.StatusBadGateway
	switch about := strings.ToLower(words); {
	case unmasked && !strings.Contains(about, "unexpected endpoint or method"): // LM Studio's word for it, sent with 200
		return nil
	case strings.Contains(about, "model"), c.target.model != "" && strings.Contains(words, c.target.model):
		return nil
	}
	return g.errLacking(c, words)
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

// errLacking says that a server has nothing at a path that others have there.
func (g *Gateway) errLacking(c *call, words string) *failure {
	const longest = 200
	s := c.target.server
	update := s.Name
	if strings.Contains(update, "compatible") { // it is not known which one it is
		update = "the AI app there"
	}
	name := strings.TrimSpace(s.Name + " " + s.Version)
	said := ""
	if !saysNothing.MatchString(words) {
		words = strings.TrimRight(strings.ToValidUTF8(words[:min(len(words), longest)], ""), ". \n")
		said = fmt.Sprintf(" It says: %q.", words)
	}
	way := "Set the app to \"Chat Completions\" (OpenAI-compatible)"
	if !c.route.generates {
		way = "Choose a model of another AI app for this, or, to chat, set the app to \"Chat Completions\""
	}
	return &failure{
		status: 404, code: "path_not_supported",
		message: fmt.Sprintf("%s on %s does not have %s.%s %s, or update %s.", name, g.laptop(), c.path, said, way, update),
	}
}
