package events

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
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
			var e Edge
			for rest := tt.stream; rest != ""; {
				n := min(size, len(rest))
				e.Pass([]byte(rest[:n]))
				rest = rest[n:]
			}
			if got := e.Between(); got != tt.between {
				t.Errorf("behind %q in pieces of %d: between %v", tt.stream, size, got)
			}
		}
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
		f := &Pieces{ReadCloser: io.NopCloser(iotest.OneByteReader(strings.NewReader(input))), Format: EventStream}
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
		f := &Pieces{
			ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader(tt.stream), iotest.ErrReader(errors.New("reset")))),
			Format:     EventStream, LastWords: func(error) []byte { return []byte(sorry) },
		}
		if got, err := io.ReadAll(f); err != nil || string(got) != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

// FuzzPieces holds that a stream passes unchanged, however it is cut, that comments get between its
// events only, and that its last words are whole when it breaks off.
func FuzzPieces(f *testing.F) {
	f.Add([]byte("data: {}\n\ndata: [DONE]\n\n"), uint8(3), false)
	f.Add([]byte("event: x\r\ndata: {}\r\n\r\n: c\r\rdata: {}\ndata: {}\n"), uint8(1), true)
	f.Add([]byte("{\"a\":1}\n{\"done\":true}\n"), uint8(7), false)
	f.Add([]byte("data: \xc3"), uint8(2), true)
	f.Fuzz(func(t *testing.T, stream []byte, size uint8, broken bool) {
		const sorry = "data: sorry\n\n"
		for _, format := range []*Format{EventStream, lineStream} {
			from := io.Reader(strings.NewReader(string(stream)))
			if broken {
				from = io.MultiReader(from, iotest.ErrReader(errors.New("reset")))
			}
			in := &Pieces{
				ReadCloser: io.NopCloser(readerOfSize{from, int(size)%64 + 1}), Format: format,
				Meter: meter{Tokens: &Tokens{}, text: textMembers["/v1/chat/completions"]}, Marked: broken,
				LastWords: func(error) []byte { return []byte(sorry) },
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
			var e Edge
			e.Pass([]byte(passed))
			if broken && format == EventStream && !e.Between() && !e.proper {
				t.Fatalf("last words come behind %q", passed)
			}
		}
	})
}
