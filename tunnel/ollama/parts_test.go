package ollama

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRequestInParts(t *testing.T) {
	const png = "data:image/png;base64,iVBORw0KGgo="
	for content, want := range map[string]string{
		`"hi"`:                          `"hi"`,
		`null`:                          `""`,
		`[]`:                            `""`,
		`[null]`:                        `""`,
		`["a","b"]`:                     `"a\nb"`,
		`[{"type":"text","text":"hi"}]`: `"hi"`,
		` [{"type":"text","text":"a"},{"type":"input_text","text":"b"}]`:                                              `"a\nb"`,
		`[{"type":"image_url","image_url":{"url":"` + png + `","detail":"low"}},{"type":"text","text":"what is it"}]`: `[{"text":"what is it","type":"text"},{"image_url":{"url":"` + png + `"},"type":"image_url"}]`,
		`[{"type":"input_image","image_url":"` + png + `"}]`:                                                          `[{"image_url":{"url":"` + png + `"},"type":"image_url"}]`,
	} {
		q, err := New("/api/chat", []byte(`{"messages":[{"role":"user","content":`+content+`}]}`), Server{Model: "m"})
		if err != nil {
			t.Errorf("%s: %v", content, err)
			continue
		}
		var sent struct {
			Messages []struct{ Content json.RawMessage }
		}
		if err := json.Unmarshal(q.Body, &sent); err != nil || len(sent.Messages) != 1 || string(sent.Messages[0].Content) != want {
			t.Errorf("%s becomes %s, %v, want %s", content, q.Body, err, want)
		}
	}
	for content, want := range map[string]string{
		`[{"type":"image_url","image_url":{"url":"http://169.254.169.254/"}}]`: "has to be sent itself",
		`[{"type":"image_url","image_url":"file:///etc/passwd"}]`:              "has to be sent itself",
		`[{"type":"image_url"}]`:                    "has to be sent itself",
		`[{"type":"input_audio","input_audio":{}}]`: `"input_audio"`,
		`5`:               "content",
		`{"type":"text"}`: "content",
		`[5]`:             "content",
	} {
		_, err := New("/api/chat", []byte(`{"messages":[{"role":"user","content":`+content+`}]}`), Server{Model: "m"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", content, err, want)
		}
	}
	q, err := New("/api/chat", []byte(`{"messages":[null,{"role":"user","content":[{"type":"image_url","image_url":{"url":"`+png+`"}}],"images":["iVBORw0KGgo="]}]}`), Server{Model: "m"})
	if err != nil || strings.Count(string(q.Body), png) != 2 {
		t.Errorf("pictures in both places: %s, %v", q.Body, err)
	}
}
