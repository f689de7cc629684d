package events

import (
	"encoding/json"
	"io"
	"net/http"
)

// MaxError is the largest answer that is looked into: errors are short.
const MaxError = 64 << 10

// Unmask gives an error that a server sent with status 200 the status of one. LM Studio, for
// one, answers so (https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2085). Clients
// look at the status first: a library that asked for a stream finds no event in such an answer
// and shows nothing at all.
func Unmask(res *http.Response) {
	if res.StatusCode != http.StatusOK || mediaType(res.Header.Get("Content-Type")) != "application/json" {
		return
	}
	head, isError, end := readStart(res.Body)
	rest := &rejoined{head: head, end: end, ReadCloser: res.Body}
	if !isError {
		res.Body = rest
		return
	}
	answer, err := io.ReadAll(io.LimitReader(rest, MaxError))
	fault, ok := faultIn(answer)
	if err != nil || !ok {
		res.Body = Rejoin(answer, rest)
		return
	}
	res.StatusCode, res.Status = http.StatusBadGateway, ""
	SetBody(res, fault)
}

// longestStart bounds what is read of an answer to tell whether it is an error.
const longestStart = 512

// readStart reads the start of an answer, and reports whether it is one of an error. It waits for no more than
// it takes to tell: an answer may be long in coming. The end is of the body, where that came too.
func readStart(body io.Reader) (head []byte, isError bool, end error) {
	head = make([]byte, 0, longestStart)
	for len(head) < cap(head) {
		n, err := body.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		known, isError := startsError(head)
		if known || err != nil {
			return head, isError, err
		}
	}
	return head, false, nil
}

// startsError reports whether head is long enough to tell an error, and whether it is one.
func startsError(head []byte) (known, isError bool) {
	rest := []byte(`{"error":`)
	for _, b := range head {
		switch {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			continue
		case b != rest[0]:
			return true, false
		}
		if rest = rest[1:]; len(rest) == 0 {
			return true, true
		}
	}
	return false, false
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
