package relay

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// flushes knows how much of an answer is out.
type flushes struct {
	*httptest.ResponseRecorder
	written int // bytes of the body, at the last of them
}

func (f *flushes) FlushError() error {
	f.written = f.Body.Len()
	return nil
}

// answer is one of a server, of an unknown length where body tells its own.
func answer(body io.Reader, length int64) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(body), ContentLength: length,
	}
}

// Nothing waits for what has not come yet, and what has come goes together; the last piece goes with the end.
func TestHowAnswersAreSent(t *testing.T) {
	for _, tt := range []struct {
		name   string
		length int64
		came   int // how many of the pieces come with the header
		pieces []string
		want   []int // how much of the body is out when its next piece is asked for; -1: not even the header
	}{
		{"whole", 4, 1, []string{"text"}, []int{-1}},
		{"whole, of unknown length", -1, 1, []string{"text"}, []int{-1}},
		{"behind its header", -1, 0, []string{"text"}, []int{0}},
		{"behind its header, with a length", 4, 0, []string{"text"}, []int{0}},
		{"in pieces", -1, 1, []string{"a", "b", "c"}, []int{-1, 1, 2}},
		{"in pieces at once", -1, 2, []string{"a", "b", "c"}, []int{-1, -1, 2}},
		{"in pieces, with a length", 3, 0, []string{"a", "b", "c"}, []int{0, 1, 2}},
	} {
		client := &flushes{ResponseRecorder: httptest.NewRecorder(), written: -1}
		var out []int
		b := newBench(t, 0)
		b.relay.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
			res := answer(nil, tt.length)
			res.Body = &paced{pieces: tt.pieces, came: tt.came, next: func() { out = append(out, client.written) }}
			return res, nil
		})
		b.request(client)
		if !slices.Equal(out, tt.want) || client.Body.String() != strings.Join(tt.pieces, "") {
			t.Errorf("%s: out %v, want %v; body %q", tt.name, out, tt.want, client.Body)
		}
	}
}

// paced gives a piece a read, the last one with the end.
type paced struct {
	pieces []string
	came   int
	next   func() // called before each
}

func (r *paced) Read(p []byte) (int, error) {
	r.next()
	n := copy(p, r.pieces[0])
	r.came--
	if r.pieces = r.pieces[1:]; len(r.pieces) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func (r *paced) Ready() bool  { return r.came > 0 }
func (r *paced) Wait() error  { return nil }
func (r *paced) Close() error { return nil }

// Of some bodies nobody can tell whether there is something to read: then nothing is held back.
func TestHeaderBeforeABodyThatCannotTell(t *testing.T) {
	client := &flushes{ResponseRecorder: httptest.NewRecorder(), written: -1}
	b := newBench(t, 0)
	b.relay.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
		return answer(ender(func() {
			if client.written != 0 {
				t.Error("the header is held back")
			}
		}), -1), nil
	})
	b.request(client)
}

func TestAnswerThatBreaks(t *testing.T) {
	b := newBench(t, 0)
	b.relay.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
		return answer(io.MultiReader(strings.NewReader("ha"), iotest.ErrReader(errors.New("reset"))), 4), nil
	})
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
			t.Errorf("Serve ended with %v, want the connection cut", p)
		}
	}()
	b.request(httptest.NewRecorder())
}

func TestTrailers(t *testing.T) {
	for name, announced := range map[string]http.Header{"announced": {"X-Late": nil}, "not announced": nil} {
		got := serve(t, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/audio/voices", nil), func(*http.Request) (*http.Response, error) {
			res := answer(strings.NewReader("text"), -1)
			res.Trailer = announced
			res.Body = io.NopCloser(io.MultiReader(res.Body, ender(func() {
				if res.Trailer == nil {
					res.Trailer = make(http.Header)
				}
				res.Trailer["X-Late"] = []string{"yes"}
			})))
			return res, nil
		}).Result()
		if got.Trailer.Get("X-Late") != "yes" || (got.Header.Get("Trailer") != "") != (announced != nil) {
			t.Errorf("%s: header %v, trailers %v", name, got.Header, got.Trailer)
		}
	}
}

// ender is the end of a body, of which it tells.
type ender func()

func (f ender) Read([]byte) (int, error) { f(); return 0, io.EOF }

func TestInformationalAnswers(t *testing.T) {
	for proto, want := range map[string]string{"HTTP/1.0": "", "HTTP/1.1": "103"} {
		ask := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/audio/voices", nil)
		ask.Proto = proto
		ask.ProtoMajor, ask.ProtoMinor, _ = http.ParseHTTPVersion(proto)
		var late func(int, textproto.MIMEHeader) error
		got := &informed{ResponseRecorder: httptest.NewRecorder()}
		b := newBench(t, 0)
		b.about.Generates = false
		b.relay.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
			late = httptrace.ContextClientTrace(req.Context()).Got1xxResponse
			_ = late(http.StatusEarlyHints, textproto.MIMEHeader{"X-Request-Id": {"early"}, "Link": {"</x>"}})
			return answer(strings.NewReader("text"), 4), nil
		})
		got.Header().Set("X-Ours", "1")
		b.relay.Serve(got, ask, &b.about)
		_ = late(http.StatusProcessing, nil) // after the answer nobody wants it
		if got.codes != want || got.Header().Get("X-Request-Id") != "" || got.Header().Get("X-Ours") != "1" {
			t.Errorf("%s: informational answers %q, want %q; header %v", proto, got.codes, want, got.Header())
		}
		if want != "" && (got.early.Get("X-Request-Id") != "early" || len(got.early) != 1) {
			t.Errorf("%s: the early header is %v", proto, got.early)
		}
	}
}

// informed is a client that keeps informational answers apart.
type informed struct {
	*httptest.ResponseRecorder
	codes string
	early http.Header
}

func (i *informed) WriteHeader(status int) {
	if status >= http.StatusOK {
		i.ResponseRecorder.WriteHeader(status)
		return
	}
	i.codes += strconv.Itoa(status)
	i.early = i.Header().Clone()
}
