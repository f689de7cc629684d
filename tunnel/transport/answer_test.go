package transport

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// script is a connection to a server that says a text, whatever it is asked, in pieces of a size.
type script struct {
	net.Conn
	text  io.Reader
	piece int
}

func (s *script) Read(p []byte) (int, error)  { return s.text.Read(p[:min(len(p), s.piece)]) }
func (s *script) Write(p []byte) (int, error) { return len(p), nil }
func (s *script) Close() error                { return nil }

// outcome is what became of an answer.
type outcome struct {
	status  int
	body    string
	trailer string
	err     error
}

// ours reads a text as an answer, in pieces of a size.
func ours(t testing.TB, text []byte, method string, piece int) outcome {
	t.Helper()
	req := httptest.NewRequest(method, "http://127.0.0.1/x", nil)
	c := newConn(&script{text: bytes.NewReader(text), piece: piece}, "127.0.0.1:80")
	one := &trip{conn: c, req: req, pool: &pool{}, unwatch: func() bool { return true }, fresh: true}
	res, err := one.run()
	if err != nil {
		return outcome{err: err}
	}
	if _, switched := res.Body.(*upgraded); switched {
		return outcome{status: res.StatusCode}
	}
	return read(res)
}

// theirs reads it as net/http does.
func theirs(text []byte, method string) outcome {
	in := bufio.NewReader(bytes.NewReader(text))
	for {
		res, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return outcome{err: err}
		}
		if res.StatusCode == http.StatusSwitchingProtocols {
			return outcome{status: res.StatusCode}
		}
		if res.StatusCode >= http.StatusOK || res.StatusCode < http.StatusContinue {
			return read(res)
		}
	}
}

func read(res *http.Response) outcome {
	text, err := io.ReadAll(res.Body)
	var trailer []string
	for _, name := range slices.Sorted(maps.Keys(res.Trailer)) {
		trailer = append(trailer, fmt.Sprint(name, res.Trailer[name]))
	}
	return outcome{res.StatusCode, string(text), strings.Join(trailer, " "), err}
}

// answers are those of servers that are right, odd or hostile.
var answers = []struct {
	name, text string
	fails      bool
}{
	{"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false},
	{"nothing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false},
	{"no content", "HTTP/1.1 204 No Content\r\n\r\n", false},
	{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", false},
	{"chunk with an extension", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\" \r\nhello\r\n0;x\r\n\r\n", false},
	{"chunk with zeros in front", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0000000000000005\r\nhello\r\n0\r\n\r\n", false},
	{"large letters", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", false},
	{"trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n1\r\na\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n", false},
	{"to the end of the connection", "HTTP/1.1 200 OK\r\n\r\nhello", false},
	{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello", false},
	{"early hints", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", false},
	{"continue", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", false},
	{"bare line feeds in the head", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", false},
	{"folded field", "HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 1\r\n\r\na", false},
	{"length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", false},
	{"same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", false},
	{"more than the length", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", false},
	{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", true},
	{"length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na", true},
	{"length below nothing", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na", true},
	{"another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\na", true},
	{"two codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", true},
	{"shorter than the length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", true},
	{"chunks that break off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", true},
	{"chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true},
	{"end of chunks that breaks off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", true},
	{"trailer that breaks off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: 1\r\n", true},
	{"trailer that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A\r\n\r\n", true},
	{"chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n", true},
	{"chunk with a sign", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", true},
	{"chunk with an x", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", true},
	{"chunk of too many digits", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000005\r\nhello\r\n0\r\n\r\n", true},
	{"chunk of nearly 2^64", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello\r\n0\r\n\r\n", true},
	{"chunk longer than its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n", true},
	{"bare line feed behind a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", true},
	{"bare line feed behind a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n", true},
	{"carriage return in a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r;\r\nhello\r\n0\r\n\r\n", true},
	{"NUL in a field", "HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 0\r\n\r\n", true},
	{"space behind a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 ;a\r\nhello\r\n0\r\n\r\n", true},
	{"line without a colon", "HTTP/1.1 200 OK\r\nX A\r\nContent-Length: 0\r\n\r\n", true},
	{"no status", "HTTP/1.1\r\n\r\n", true},
	{"status of two digits", "HTTP/1.1 20 OK\r\n\r\n", true},
	{"status below 100", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", true},
	{"no HTTP", "hello\r\n\r\n", true},
	{"nothing at all", "", true},
	{"informational only", "HTTP/1.1 103 Early Hints\r\n\r\n", true},
	{"extensions without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1;"+strings.Repeat("x", 1000)+"\r\na\r\n", 50) + "0\r\n\r\n", true},
	{"line without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + strings.Repeat("x", 3*bufferSize), true},
	{"head without end", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("x", 1000)+"\r\n", 1100), true},
	{"trailer without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("X-A: "+strings.Repeat("x", 1000)+"\r\n", 1100), true},
}

// TestAnswers holds that answers are understood as net/http understands them, however they are cut into
// pieces on the way, and that what may be understood in two ways is refused.
func TestAnswers(t *testing.T) {
	for _, tt := range answers {
		want := theirs([]byte(tt.text), "POST")
		for _, piece := range []int{1, 2, 7, 1 << 20} {
			if piece < len(tt.text)/100_000 {
				continue // it takes seconds
			}
			got := ours(t, []byte(tt.text), "POST", piece)
			if tt.fails != (got.err != nil) {
				t.Errorf("%s, in pieces of %d: %v", tt.name, piece, got.err)
			}
			if !tt.fails && got != want {
				t.Errorf("%s, in pieces of %d: %+v, want %+v", tt.name, piece, got, want)
			}
		}
	}
}

// FuzzAnswer holds for any text that nothing is taken for an answer which net/http refuses, or understands
// otherwise, and that the cuts between what is read make no difference.
func FuzzAnswer(f *testing.F) {
	for _, a := range answers {
		f.Add([]byte(a.text[:min(len(a.text), 4096)]), false)
	}
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), true)
	f.Fuzz(func(t *testing.T, text []byte, head bool) {
		method := http.MethodPost
		if head {
			method = http.MethodHead
		}
		want := theirs(text, method)
		whole := ours(t, text, method, 1<<20)
		for _, piece := range []int{1, 3} {
			if got := ours(t, text, method, piece); got.status != whole.status || got.body != whole.body || (got.err == nil) != (whole.err == nil) {
				t.Errorf("in pieces of %d: %+v, whole: %+v", piece, got, whole)
			}
		}
		if whole.err == nil && (want.err != nil || whole != want) {
			t.Errorf("%+v, net/http: %+v", whole, want)
		}
	})
}

// TestRest holds that an answer at rest has no buffer, and that its connection is kept as soon as the end has come.
func TestRest(t *testing.T) {
	goOn := make(chan bool)
	s := start(t, func(c *net.TCPConn, _ int) bool {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
		<-goOn
		_, err := io.WriteString(c, "6\r\n world\r\n0\r\n\r\n")
		return err == nil
	})
	tr := newTransport(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	b := res.Body.(*body)
	room := make([]byte, 100)
	if n, err := b.Read(room); string(room[:n]) != "hello" || err != nil || b.trip.conn.buffer != nil {
		t.Fatalf("%q, %v; a buffer is kept: %t", room[:n], err, b.trip.conn.buffer != nil)
	}
	waited := make(chan error)
	go func() { waited <- b.Wait() }()
	select {
	case err := <-waited:
		t.Fatalf("nothing has come, and Wait returns %v", err)
	case <-time.After(20 * time.Millisecond): // it cannot be seen to wait
	}
	goOn <- true
	if err := <-waited; err != nil {
		t.Fatal(err)
	}
	n, err := b.Read(room)
	if string(room[:n]) != " world" || err == nil && !errors.Is(b.Wait(), io.EOF) {
		t.Errorf("%q, %v", room[:n], err)
	}
	if b.trip.conn.buffer != nil || tr.plain.pool.take(s.Addr().String()) != b.trip.conn {
		t.Error("the connection is not kept")
	}
	_ = b.trip.conn.Close()
}

// TestDrain holds when the connection is kept of an answer of which nothing more is wanted.
func TestDrain(t *testing.T) {
	const within = time.Second
	for name, tt := range map[string]struct {
		says  string        // the server, behind the content
		after time.Duration // how much later
		kept  bool
		takes time.Duration
	}{
		"the end comes":             {"0\r\n\r\n", within / 2, true, within / 2},
		"it is there":               {"0\r\n\r\n", 0, true, 0},
		"it comes too late":         {"0\r\n\r\n", 2 * within, false, within},
		"more comes":                {"1\r\nx\r\n0\r\n\r\n", within / 2, false, within / 2},
		"something else comes":      {"nonsense\r\n", within / 2, false, within / 2},
		"more comes behind the end": {"0\r\n\r\nHTTP/1.1 200 OK\r\n", within / 2, false, within / 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := New(pipes(func(c net.Conn) {
					_, _ = http.ReadRequest(bufio.NewReader(c))
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
					time.Sleep(tt.after)
					_, _ = io.WriteString(c, tt.says)
					_, _ = io.Copy(io.Discard, c)
				}))
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://server:80", nil)
				if err != nil {
					t.Fatal(err)
				}
				res, err := tr.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				b := res.Body.(*body)
				if _, err := b.Read(make([]byte, 5)); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				b.Drain(within)
				if took := time.Since(began); took != tt.takes {
					t.Errorf("it took %s, want %s", took, tt.takes)
				}
				_ = b.Close()
				c := tr.plain.pool.take("server:80")
				if (c != nil) != tt.kept {
					t.Errorf("the connection is kept: %t, want %t", c != nil, tt.kept)
				}
				if c == nil {
					time.Sleep(2 * within) // the server has to see it
					return
				}
				ended := make(chan error, 1)
				go func() { ended <- c.fill() }()
				time.Sleep(2 * within)
				select {
				case err := <-ended:
					t.Errorf("whoever reads from it next is not waited for: %v", err)
				default:
				}
				_ = c.Close()
				<-ended
			})
		})
	}
}
