package tunnel

import (
	"net/http"
	"strings"
	"testing"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
)

func TestErrorsWithStatus200(t *testing.T) {
	long := `{"error":{"message":"` + strings.Repeat("x", events.MaxError) + `"}}`
	for name, tt := range map[string]struct {
		answer string
		status int
		want   string // in the body; empty: the answer as it was
	}{
		"object":           {`{"error":{"message":"broken"}}`, http.StatusBadGateway, `{"error":{"message":"broken"}}`},
		"text":             {`{"error":"Unexpected endpoint"}`, http.StatusBadGateway, `"message":"Unexpected endpoint"`},
		"spread out":       {"{\n  \"error\" : {\"message\": \"broken\"}\n}", http.StatusBadGateway, "broken"},
		"null":             {`{"error":null,"output":[]}`, http.StatusOK, ""},
		"null alone":       {`{"error":null}`, http.StatusOK, ""},
		"with an answer":   {`{"error":{"message":"late"},"choices":[]}`, http.StatusOK, ""},
		"an answer":        {`{"choices":[{"message":{"content":"{\"error\":1}"}}]}`, http.StatusOK, ""},
		"empty":            {``, http.StatusOK, ""},
		"not JSON":         {`{"error":`, http.StatusOK, ""},
		"only the start":   {`{"err`, http.StatusOK, ""},
		"too long to tell": {long, http.StatusOK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil, upstream(t, "a", dialect.OpenAI, jsonAnswer(tt.answer), "m"))
			res, body := fetch(t, r.request("POST", "/v1/chat/completions", chat("m")))
			if res.StatusCode != tt.status {
				t.Errorf("status %d, want %d", res.StatusCode, tt.status)
			}
			if tt.want == "" && body != tt.answer || !strings.Contains(body, tt.want) {
				t.Errorf("body %.200q", body)
			}
		})
	}
}
