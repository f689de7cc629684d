package fault

import (
	"encoding/json"
	"net/http"

	"modelbeam/tunnel/dialect"
)

// source marks errors of ours, so that nobody looks for the fault in the LLM server.
const source = "modelbeam"

// Body is f as JSON with a line end, in the shape that clients of the dialect read. Ollama's is flat:
// ollama-js prints the member "error" as it is.
func (f *Failure) Body(d dialect.Dialect) []byte {
	var v any
	switch d {
	case dialect.Ollama:
		v = map[string]any{"error": f.Message, "code": f.Code, "source": source}
	case dialect.Anthropic:
		v = map[string]any{"type": "error", "error": f.object(anthropicType(f.StatusCode()))}
	default:
		v = map[string]any{"error": f.object(openAIType(f.StatusCode()))}
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and nil only
	}
	return append(b, '\n')
}

func (f *Failure) object(kind string) map[string]any {
	o := map[string]any{"message": f.Message, "type": kind, "code": f.Code, "param": nil, "source": source}
	if f.Param != "" {
		o["param"] = f.Param
	}
	return o
}

// openAIType follows https://platform.openai.com/docs/guides/error-codes.
func openAIType(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "authentication_error"
	case status == http.StatusForbidden:
		return "permission_error"
	case status == http.StatusTooManyRequests:
		return "rate_limit_error"
	case status >= 500:
		return "server_error"
	default:
		return "invalid_request_error"
	}
}

// anthropicType follows https://docs.anthropic.com/en/api/errors.
func anthropicType(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not_found_error"
	case http.StatusRequestEntityTooLarge:
		return "request_too_large"
	}
	if status >= 500 {
		return "api_error"
	}
	return openAIType(status)
}
