package ollama

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// longestMessage bounds what is passed on of a failure that is no JSON, such as a web page.
const longestMessage = 300

// failureIn looks whether body tells of a failure, and in which words: by its status or, with a
// good or no status, by a member "error". Servers put the words into different places; Ollama's
// clients print the one member "error" as it is.
func failureIn(body []byte, status int) (message string, failed bool) {
	var v struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
		Detail  json.RawMessage `json:"detail"` // FastAPI's
	}
	valid := json.Unmarshal(body, &v) == nil
	if failed = status >= http.StatusMultipleChoices || valid && !isNull(v.Error); !failed {
		return "", false
	}
	var inner struct {
		Message string `json:"message"`
	}
	var text string
	switch {
	case json.Unmarshal(v.Error, &inner) == nil && inner.Message != "":
		text = inner.Message
	case json.Unmarshal(v.Error, &text) == nil && text != "":
	case v.Message != "":
		text = v.Message
	case json.Unmarshal(v.Detail, &text) == nil && text != "":
	default:
		text = strings.TrimSpace(string(body))
		text = strings.ToValidUTF8(text[:min(len(text), longestMessage)], "")
	}
	if text == "" {
		text = fmt.Sprintf("the server answered with %d %s", status, http.StatusText(status))
	}
	return text, true
}

// errorLine is a failure in Ollama's shape.
func errorLine(message string) []byte {
	return line(fields{"error": message})
}
