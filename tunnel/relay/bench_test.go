package relay

import (
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
)

// event is a token as servers send it.
const event = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"token\"},\"finish_reason\":null}]}\n\n"

// script is a server that answers every request with the same stream, and takes nothing from the heap
// for it. It is for one goroutine.
type script struct {
	answer http.Response
	header http.Header // of every answer
	given  http.Header // of the one that is under way
	events int         // in the stream
	left   int
}

func newScript(events int) *script {
	s := &script{events: events, header: http.Header{
		"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-cache"}, "Date": {"Thu, 26 Nov 2026 12:18:00 GMT"},
		"Server": {"llama.cpp"}, "Access-Control-Allow-Origin": {"*"}, "Connection": {"keep-alive"},
	}}
	s.given = make(http.Header)
	return s
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.left = s.events
	s.answer = http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: s.given, Body: s, ContentLength: -1, TransferEncoding: chunked, Request: req,
	}
	clear(s.given)
	maps.Copy(s.given, s.header)
	return &s.answer, nil
}

var chunked = []string{"chunked"}

func (s *script) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	s.left--
	return copy(p, event), nil
}

func (s *script) Close() error { return nil }

// Wait is what the bodies of the transport have.
func (s *script) Wait() error { return nil }
func (s *script) Ready() bool { return false }

// discarding is a client that takes everything and takes nothing from the heap for it.
type discarding struct{ header http.Header }

func (d *discarding) Header() http.Header         { return d.header }
func (d *discarding) WriteHeader(int)             {}
func (d *discarding) Write(p []byte) (int, error) { return len(p), nil }
func (d *discarding) FlushError() error           { return nil }

// bench is a relay between the two, and a request as a web page sends it.
type bench struct {
	relay  *Relay
	client *discarding
	ask    *http.Request
	about  Request
}

func newBench(tb testing.TB, events int) *bench {
	ask := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/v1/chat/completions", strings.NewReader(chat))
	for name, value := range map[string]string{
		"Accept": "text/event-stream", "Accept-Language": "en", "Accept-Encoding": "gzip, deflate", "Content-Type": "application/json",
		"User-Agent": "Mozilla/5.0", "Origin": "http://laptop.local", "Referer": "http://laptop.local/", "Connection": "keep-alive",
		"Sec-Fetch-Mode": "cors",
	} {
		ask.Header.Set(name, value)
	}
	payload := newPayload()
	tb.Cleanup(func() { _ = payload.Close() })
	server := &catalog.Server{ID: "mock", Name: "Mock", URL: parsed(tb, "http://127.0.0.1:11434"), Dialects: dialect.OpenAI}
	var newest catalog.Catalog
	return &bench{
		relay: New(Options{
			Transport: newScript(events), Catalog: func() *catalog.Catalog { return &newest }, Log: slog.New(slog.DiscardHandler),
		}),
		client: &discarding{make(http.Header)}, ask: ask,
		about: Request{
			Path: "/v1/chat/completions", Dialect: dialect.OpenAI, Generates: true, Body: payload,
			Targets: []catalog.Target{{Server: server, Name: "tiny"}},
		},
	}
}

const chat = `{"model":"tiny","messages":[{"role":"user","content":"hi"}],"stream":true}`

func newPayload() *body.Payload {
	payload, err := body.Read(body.Source{
		From: strings.NewReader(chat), Size: int64(len(chat)), Limit: 1 << 20, Room: body.NewRoom(1 << 20), Names: []string{"model"},
		Look: func(string) error { return nil },
	})
	if err != nil {
		panic(err)
	}
	return payload
}

func parsed(tb testing.TB, address string) *url.URL {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// request relays one request, with its answer to w.
func (b *bench) request(w http.ResponseWriter) {
	q := b.about
	q.Tokens = &events.Tokens{}
	if q.Dialect == dialect.Ollama {
		q.Body = newPayload() // it is read once more, and was let go when the first answer came
	}
	b.relay.Serve(w, b.ask, &q)
}

// again relays a request to the client that takes nothing from the heap.
func (b *bench) again() {
	clear(b.client.header)
	b.request(b.client)
}

// BenchmarkRequest is a short chat of one event.
func BenchmarkRequest(b *testing.B) {
	r := newBench(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		r.again()
	}
}

// BenchmarkChunk is one chunk of a long stream.
func BenchmarkChunk(b *testing.B) {
	r := newBench(b, b.N)
	b.ReportAllocs()
	b.ResetTimer()
	r.again()
}

// translated makes the request one in Ollama's words.
func (b *bench) translated() *bench {
	b.about.Path, b.about.Dialect = "/api/chat", dialect.Ollama
	return b
}

// BenchmarkTranslatedRequest is a short chat of one event in other words.
func BenchmarkTranslatedRequest(b *testing.B) {
	r := newBench(b, 1).translated()
	b.ReportAllocs()
	for b.Loop() {
		r.again()
	}
}

// BenchmarkTranslatedChunk is one chunk of a long stream that is put into other words.
func BenchmarkTranslatedChunk(b *testing.B) {
	r := newBench(b, b.N).translated()
	b.ReportAllocs()
	b.ResetTimer()
	r.again()
}

// A request takes little from the heap, and a chunk nothing: both are garbage that is made thousands of times a second.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector takes from the heap too")
	}
	const most, many = 20, 1000
	short := testing.AllocsPerRun(100, newBench(t, 1).again)
	if short > most {
		t.Errorf("a request of one chunk takes %v times from the heap, want %d at most", short, most)
	}
	// A buffer that the collector has taken out of the pool is none that each chunk takes.
	if long := testing.AllocsPerRun(100, newBench(t, many).again); long-short > many/100 {
		t.Errorf("%d chunks more take %v times more from the heap", many-1, long-short)
	}
	// The words of each are a string of their own.
	short = testing.AllocsPerRun(100, newBench(t, 1).translated().again)
	if long := testing.AllocsPerRun(100, newBench(t, many).translated().again); long-short > many+many/100 {
		t.Errorf("%d chunks more, translated, take %v times more from the heap", many-1, long-short)
	}
}
