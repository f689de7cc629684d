package events

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestCountsThatReadsCut(t *testing.T) {
	const answer = `{"usage":{"prompt_tokens":123456,"completion_tokens":7890}}`
	for size := 1; size < len(answer); size++ {
		var counted Tokens
		body := io.NopCloser(strings.NewReader(answer))
		m := &metered{ReadCloser: body, meter: meter{Tokens: &counted}}
		if _, err := io.Copy(io.Discard, readerOfSize{iotest.DataErrReader(m), size}); err != nil {
			t.Fatal(err)
		}
		if p, n := counted.Prompt.Load(), counted.Generated.Load(); p != 123456 || n != 7890 {
			t.Errorf("reads of %d: %d tokens for %d", size, n, p)
		}
	}
}

func BenchmarkMeter(b *testing.B) {
	var counted Tokens
	m := &meter{Tokens: &counted, text: textMembers["/v1/chat/completions"]}
	var piece strings.Builder
	for i := range 40 {
		fmt.Fprintf(&piece, `data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1700000000,"model":"tiny","choices":[{"index":0,"delta":{"content":" w%d"},"finish_reason":null}]}`+"\n\n", i)
	}
	data := []byte(piece.String())
	for b.Loop() {
		m.count(data)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/40, "ns/event")
}
