package events

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestPieces(t *testing.T) {
	long := strings.Repeat("x", maxHeldBack+100)
	inputs := map[string]string{
		"events":        "data: 1\n\ndata: ü€😀\n\n: ping\n\n",
		"CRLF":          "data: 1\r\n\r\ndata: 2\r\n\r\n",
		"CR":            "data: 1\r\rdata: 2\r\r",
		"no last break": "data: 1\n\ndata: 2",
		"long event":    "data: " + long + "\n\ndata: 2\n\n",
		"empty":         "",
	}
	for name, input := range inputs {
		for _, size := range []int{1, 2, 3, 7, 4096, 1 << 20} {
			f := &Pieces{ReadCloser: io.NopCloser(iotest.OneByteReader(strings.NewReader(input))), Format: EventStream}
			if size > 3 {
				f.ReadCloser = io.NopCloser(strings.NewReader(input))
			}
			got, err := io.ReadAll(readerOfSize{f, size})
			if err != nil || string(got) != input {
				t.Errorf("%s in reads of %d: %d bytes, want %d, error %v", name, size, len(got), len(input), err)
			}
		}
	}
}

func TestPiecesAreWholeEvents(t *testing.T) {
	input := strings.Repeat("data: ä\n\n", 50)
	f := &Pieces{ReadCloser: io.NopCloser(iotest.OneByteReader(strings.NewReader(input))), Format: EventStream}
	buf := make([]byte, 4096)
	for {
		n, err := f.Read(buf)
		if n > 0 && !strings.HasSuffix(string(buf[:n]), "\n\n") {
			t.Fatalf("a read gave %q", buf[:n])
		}
		if err != nil {
			return
		}
	}
}

func TestLongPieceThatBreaks(t *testing.T) {
	long := "data: " + strings.Repeat("x", maxHeldBack+1)
	broken := io.MultiReader(strings.NewReader(long), iotest.ErrReader(errors.New("reset")))
	f := &Pieces{
		ReadCloser: io.NopCloser(broken), Format: EventStream,
		LastWords: func(error) []byte { return []byte("data: sorry\n\n") },
	}
	got, err := io.ReadAll(f)
	if err != nil || !strings.HasSuffix(string(got), "\n\ndata: sorry\n\n") {
		t.Errorf("the end is %q, %v", got[max(0, len(got)-40):], err)
	}
}

// readerOfSize reads with a buffer of a fixed size.
type readerOfSize struct {
	r    io.Reader
	size int
}

func (r readerOfSize) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), r.size)]) }

// A separator may be cut by two reads. The event before it must not wait for the one after it.
func TestSeparatorCutByTwoReads(t *testing.T) {
	for _, parts := range [][]string{
		{"data: a\n", "\n", ""},
		{"data: a\n", "\ndata: b", ""},
		{"data: a\r\n\r", "\n", ""},
		{"data: a\n\r", "\ndata: b", ""},
		{"data: a\r", "\rdata: b", ""},
	} {
		in := &oneByOne{parts: parts}
		f := &Pieces{ReadCloser: io.NopCloser(in), Format: EventStream, LastWords: func(error) []byte { return nil }}
		buffer := make([]byte, 100)
		n, err := f.Read(buffer)
		if want := strings.TrimSuffix(parts[0]+parts[1], "data: b"); err != nil || string(buffer[:n]) != want || in.read != 2 {
			t.Errorf("%q: %q after %d reads, %v; want %q after 2", parts, buffer[:n], in.read, err, want)
		}
	}
}

// oneByOne gives one part a read.
type oneByOne struct {
	parts []string
	read  int
}

func (r *oneByOne) Read(p []byte) (int, error) {
	if r.read == len(r.parts) {
		return 0, io.EOF
	}
	r.read++
	return copy(p, r.parts[r.read-1]), nil
}

// waiting gives one part a read, and can tell when there is one.
type waiting struct {
	oneByOne
	waits int
}

func (w *waiting) Wait() error  { w.waits++; return nil }
func (w *waiting) Ready() bool  { return true }
func (w *waiting) Close() error { return nil }

// Where the rest of a piece has to be waited for, that is done without the reader's buffer, and between two
// pieces nothing is kept.
func TestPiecesAreWaitedFor(t *testing.T) {
	in := &waiting{oneByOne: oneByOne{parts: []string{"data: a", "\n\ndata: b", "\n\n", "data: c\n\n"}}}
	f := &Pieces{ReadCloser: in, Format: EventStream}
	buffer := make([]byte, 100)
	for i, want := range []string{"", "data: a\n\n", "data: b\n\n", "data: c\n\n"} {
		if err := Wait(f); err != nil || in.waits != i+1 {
			t.Fatalf("read %d: waited %d times, %v", i, in.waits, err)
		}
		n, err := f.Read(buffer)
		if err != nil || string(buffer[:n]) != want || in.read != i+1 {
			t.Errorf("read %d: %q after %d parts, %v; want %q", i, buffer[:n], in.read, err, want)
		}
		if between := i != 0 && i != 1; between && (cap(f.tail) > 0 || cap(f.ready) > 0) {
			t.Errorf("read %d: %d and %d bytes are kept between two events", i, cap(f.tail), cap(f.ready))
		}
	}
}
