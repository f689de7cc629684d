package events

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
)

// MaxError is the largest answer that is looked into: errors are short.
const MaxError = 64 << 10

// Unmask gives an error that a server sent with status 200 the status of one. LM Studio, for
// one, answers so (https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2085). Clients
// look at the status first: a library that asked for a stream finds no event in such an answer
// and shows nothing at all.
func Unmask(res *http.Response) {
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode != http.StatusOK || kind != "application/json" {
		return
	}
	body := bufio.NewReaderSize(res.Body, 512)
	if !beginsWithError(body) {
		res.Body = Rejoin(body, res.Body)
		return
	}
	answer, err := io.ReadAll(io.LimitReader(body, MaxError))
	fault, ok := faultIn(answer)
	if err != nil || !ok {
		res.Body = Rejoin(io.MultiReader(bytes.NewReader(answer), body), res.Body)
		return
	}
	res.StatusCode, res.Status = http.StatusBadGateway, ""
	SetBody(res, fault)
}

// SetBody gives an answer another body. Closing it closes the one that it had.
func SetBody(res *http.Response, text []byte) {
	res.Body = Rejoin(bytes.NewReader(text), res.Body)
	res.ContentLength, res.TransferEncoding = int64(len(text)), nil
	res.Header.Set("Content-Length", strconv.Itoa(len(text)))
}

// Rejoin makes a body again of what was read of it and of what is left.
func Rejoin(r io.Reader, body io.Closer) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{r, body}
}

// beginsWithError waits for no more than it takes to tell: an answer may be long in coming.
func beginsWithError(body *bufio.Reader) bool {
	const want = `{"error":`
	for n := 1; n <= body.Size(); n++ {
		head, err := body.Peek(n)
		compact := bytes.Join(bytes.Fields(head), nil)
		switch {
		case len(compact) >= len(want):
			return bytes.HasPrefix(compact, []byte(want))
		case !bytes.HasPrefix([]byte(want), compact), err != nil:
			return false
		}
	}
	return false
}

// faultIn returns the answer in OpenAI's shape if it is an error and nothing else.
func faultIn(answer []byte) ([]byte, bool) {
	var got map[string]json.RawMessage
	if json.Unmarshal(answer, &got) != nil || len(got["error"]) == 0 || string(got["error"]) == "null" {
		return nil, false
	}
	for _, content := range []string{"choices", "data", "output", "content", "object"} {
		if _, ok := got[content]; ok {
			return nil, false // OpenAI's Responses have an "error" of null or of their own
		}
	}
	var message string
	if json.Unmarshal(got["error"], &message) != nil {
		return answer, true
	}
	wrapped, err := json.Marshal(map[string]any{
		"error": map[string]any{"message": message, "type": "server_error", "param": nil, "code": nil},
	})
	return wrapped, err == nil
}
