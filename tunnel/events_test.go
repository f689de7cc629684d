package tunnel

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// TestEdge holds where a line of ours may come into a stream: between two events and nowhere else.
func TestEdge(t *testing.T) {
	tests := []struct {
		stream  string
		between bool
	}{
		{"", true},
		{"data: {}\n\n", true},
		{"data: {}\r\n\r\n", true},
		{"data: {}\r\r", true},
		{": ping\n\n", true},
		{"data: {}\n\ndata: {}\n\n", true},
		{"event: x\ndata: {}\n\n", true},
		{"data: {}\n", false}, // the empty line is to come
		{"data: {}\r\n\r", false},
		{"data: {}", false},
		{"data: {\"a\":", false},
		{"event: x\n", false},
		{"event: x\ndata: {}\n", false},
		{"data: {}\n\nevent: x\n", false},
		{"data: {}\n\ndata: {}\n", false},
		{"data: {}\n\ndata: {}\ndata: {}\ndata: {}\n", false},
		{"data: {}\ndata: {}\n", true}, // no empty lines here
		{"data: {}\r\ndata: {}\r\n", true},
		{"data: {}\ndata: [DONE]\n", true},
		{"data: {}\ndata: {}\ndata: {", false},
		{"data: {}\ndata: {}\nevent: x\n", false},
		{"data: {\ndata: }\n", false}, // one value in two lines
		{"data: a\ndata: b\n", false},
	}
	for _, tt := range tests {
		for size := 1; size <= max(1, len(tt.stream)); size++ {
			var e edge
			for rest := tt.stream; rest != ""; {
				n := min(size, len(rest))
				e.pass([]byte(rest[:n]))
				rest = rest[n:]
			}
			if got := e.between(); got != tt.between {
				t.Errorf("behind %q in pieces of %d: between %v", tt.stream, size, got)
			}
		}
	}
}

// TestEventsOfOneLinePassAsTheyCome has servers that leave out the empty line behind an event.
func TestEventsOfOneLinePassAsTheyCome(t *testing.T) {
	streams := map[string][]string{
		"LF":            {"data: {\"n\":0}\n", "data: {\"n\":1}\n", "data: {\"n\":2}\n", "data: [DONE]\n"},
		"CRLF":          {"data: {\"n\":0}\r\n", "data: {\"n\":1}\r\n", "data: [DONE]\r\n"},
		"no space":      {"data:{\"n\":0}\n", "data:{\"n\":1}\n", "data:[DONE]\n"},
		"with names":    {"event: a\ndata: {\"n\":0}\n", "event: b\ndata: {\"n\":1}\n"},
		"proper at end": {"data: {\"n\":0}\n", "data: {\"n\":1}\n", "data: [DONE]\n\n"},
	}
	for name, events := range streams {
		t.Run(name, func(t *testing.T) {
			next := make(chan struct{})
			g := newRig(t, nil, upstream(t, "ollama", OpenAI, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				for _, e := range events {
					_, _ = io.WriteString(w, e)
					flush(w)
					<-next
				}
			}, "tiny"))
			res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
			in := bufio.NewReader(res.Body)
			for _, e := range events {
				got := make([]byte, len(e))
				if _, err := io.ReadFull(in, got); err != nil || string(got) != e {
					t.Fatalf("got %q, %v, want %q", got, err, e)
				}
				next <- struct{}{} // the server goes on only now
			}
			if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 {
				t.Errorf("the end is %q, %v", rest, err)
			}
		})
	}
}

// TestLinesThatAreNoEvents are held until it is known what they are.
func TestLinesThatAreNoEvents(t *testing.T) {
	for _, whole := range []string{
		"data: {\ndata: \"a\":1\ndata: }\n\n",
		"event: message_start\ndata: {}\n\n",
		": a comment\ndata: {}\n\n",
		"id: 1\r\nevent: x\r\ndata: {}\r\n\r\n",
	} {
		input := "data: {}\n\n" + whole
		f := &frames{ReadCloser: io.NopCloser(iotest.OneByteReader(strings.NewReader(input))), format: eventStream}
		buf := make([]byte, 4096)
		var got []string
		for {
			n, err := f.Read(buf)
			if n > 0 {
				got = append(got, string(buf[:n]))
			}
			if err != nil {
				break
			}
		}
		if got[len(got)-1] != whole {
			t.Errorf("%q came as %q", whole, got)
		}
	}
}

// TestLastWordsStandAlone holds that what is said when a server breaks off is an event of its own.
func TestLastWordsStandAlone(t *testing.T) {
	const sorry = "data: sorry\n\n"
	tests := []struct{ name, stream, want string }{
		{"behind an event", "data: {}\n\n", "data: {}\n\n" + sorry},
		{"behind a line", "data: {}\n", "data: {}\n\n" + sorry},
		{"behind several", "data: {}\ndata: {}\ndata: {\"", "data: {}\ndata: {}\n\n" + sorry},
		{"in an event", "data: {}\n\nevent: x\ndata: {}\n", "data: {}\n\n" + sorry},
	}
	for _, tt := range tests {
		f := &frames{
			ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader(tt.stream), iotest.ErrReader(errors.New("reset")))),
			format:     eventStream, lastSay: func(error) []byte { return []byte(sorry) },
		}
		if got, err := io.ReadAll(f); err != nil || string(got) != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

// TestCommentsKeepEventsWhole puts silences between any two bytes of streams: without its comments the
// stream is what the server sent, and each comment is a line of its own between two events.
func TestCommentsKeepEventsWhole(t *testing.T) {
	for _, stream := range []string{
		"data: {\"a\":1}\n\ndata: [DONE]\n\n",
		"event: x\r\ndata: {}\r\n\r\ndata: [DONE]\r\n\r\n",
		"data: {}\ndata: {}\ndata: [DONE]\n",
		"data: {}\r\rdata: [DONE]\r\r",
	} {
		inBubble(t, func(t *testing.T, b *bubble) {
			res, body := fetch(t, b.request("POST", "/v1/chat/completions", chat("tiny")))
			said := strings.Count(body, string(comment))
			if got := strings.ReplaceAll(body, string(comment), ""); res.StatusCode != 200 || got != stream || said == 0 {
				t.Errorf("status %d, %d comments, without them %q, want %q", res.StatusCode, said, got, stream)
			}
			for i, part := range strings.Split(body, string(comment)) {
				var e edge
				e.pass([]byte(stream[:strings.Index(stream, part)+len(part)]))
				if part != "" && i < said && !e.between() {
					t.Errorf("a comment stands behind %q", part)
				}
			}
			synctest.Wait()
		}, OpenAI, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			for i := range stream {
				_, _ = io.WriteString(w, stream[i:i+1])
				flush(w)
				time.Sleep(15 * time.Second)
			}
		}, "tiny")
	}
}

// FuzzFrames holds that a stream passes unchanged, however it is cut, that comments get between its
// events only, and that its last words are whole when it breaks off.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("data: {}\n\ndata: [DONE]\n\n"), uint8(3), false)
	f.Add([]byte("event: x\r\ndata: {}\r\n\r\n: c\r\rdata: {}\ndata: {}\n"), uint8(1), true)
	f.Add([]byte("{\"a\":1}\n{\"done\":true}\n"), uint8(7), false)
	f.Add([]byte("data: \xc3"), uint8(2), true)
	f.Fuzz(func(t *testing.T, stream []byte, size uint8, broken bool) {
		const sorry = "data: sorry\n\n"
		for _, format := range []*streamFormat{eventStream, lineStream} {
			from := io.Reader(strings.NewReader(string(stream)))
			if broken {
				from = io.MultiReader(from, iotest.ErrReader(errors.New("reset")))
			}
			in := &frames{
				ReadCloser: io.NopCloser(readerOfSize{from, int(size)%64 + 1}), format: format,
				meter: &meter{tokens: &tokens{}, text: textMembers["/v1/chat/completions"]}, marked: broken,
				lastSay: func(error) []byte { return []byte(sorry) },
			}
			got, err := io.ReadAll(readerOfSize{in, 100})
			if err != nil {
				t.Fatal(err)
			}
			passed, told := strings.CutSuffix(string(got), sorry)
			switch {
			case !broken && string(got) != string(stream):
				t.Fatalf("%q came as %q", stream, got)
			case broken && !told:
				t.Fatalf("the end of %q is %q", stream, got)
			case broken && !strings.HasPrefix(string(stream), strings.TrimRight(passed, "\n")):
				t.Fatalf("%q came as %q", stream, passed)
			}
			var e edge
			e.pass([]byte(passed))
			if broken && format == eventStream && !e.between() && !e.proper {
				t.Fatalf("last words come behind %q", passed)
			}
		}
	})
}
