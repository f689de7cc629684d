package fastpath

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pipes is a listener of connections that a test makes.
type pipes chan net.Conn

func (l pipes) Accept() (net.Conn, error) {
	c, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (pipes) Close() error   { return nil }
func (pipes) Addr() net.Addr { return &net.TCPAddr{} }

// bench is a server in a bubble, with what it has yielded.
type bench struct {
	*Server
	listener pipes
	mu       sync.Mutex
	yielded  []string
}

// inBubble runs a test with a server in time that is made up. The server ends with it.
func inBubble(t *testing.T, handler http.HandlerFunc, run func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{listener: make(pipes)}
		b.Server = &Server{
			Handler: handler, First: 10 * time.Second, Idle: 2 * time.Minute, Log: slog.New(slog.DiscardHandler),
			Context: func(net.Conn) context.Context { return context.Background() },
			Yield: func(conn net.Conn, came []byte) bool {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.yielded = append(b.yielded, string(came))
				_ = conn.Close()
				return true
			},
		}
		served := make(chan struct{})
		go func() { _ = b.Serve(b.listener); close(served) }()
		run(t, b)
		close(b.listener)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b.Shutdown(ctx)
		<-served
	})
}

// client is the other end of a connection.
type client struct {
	net.Conn
	in *bufio.Reader
}

func (b *bench) connect() *client {
	near, far := net.Pipe()
	b.listener <- near
	return &client{far, bufio.NewReader(far)}
}

func post(body string) string {
	return fmt.Sprintf("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// ask sends text and reads an answer, whose body it returns.
func (c *client) ask(t *testing.T, text string) string {
	t.Helper()
	go func() { _, _ = io.WriteString(c, text) }()
	return c.answer(t)
}

func (c *client) answer(t *testing.T) string {
	t.Helper()
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// ends waits for the end of the connection.
func (c *client) ends(t *testing.T) {
	t.Helper()
	if rest, err := io.ReadAll(c.in); err != nil || len(rest) > 0 {
		t.Errorf("it goes on with %q, %v", rest, err)
	}
}

func echo(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }

func TestRequestsOfOneConnection(t *testing.T) {
	long := strings.Repeat("long ", 10_000)
	inBubble(t, echo, func(t *testing.T, b *bench) {
		c := b.connect()
		for _, body := range []string{"one", "", long, "two"} {
			if got := c.ask(t, post(body)); got != body {
				t.Errorf("%d bytes come back as %d", len(body), len(got))
			}
		}
		go func() { _, _ = io.WriteString(c, post("three")+post("four")+"GET /a HTTP/1.1\r\nHost: a\r\n\r\n") }()
		for _, want := range []string{"three", "four", ""} {
			if got := c.answer(t); got != want {
				t.Errorf("%q comes back as %q", want, got)
			}
		}
		c.Close()
	})
}

// A body that the handler does not read is not taken for a request.
func TestUnreadBody(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Method) }, func(t *testing.T, b *bench) {
		c := b.connect()
		for range 3 {
			if got := c.ask(t, post(post("inner"))); got != "POST" {
				t.Errorf("%q", got)
			}
		}
		c.Close()
		if len(b.yielded) > 0 {
			t.Errorf("yielded %q", b.yielded)
		}
	})
}

// A body may come behind its head, as browsers send it, unless it is slow or long.
func TestBodyComesLater(t *testing.T) {
	text := post("hello")
	large := strings.Replace(text, "Length: 5", "Length: 70000", 1)
	for name, tt := range map[string]struct {
		text   string
		after  time.Duration
		yields string
	}{
		"soon":        {text, bodyTime / 2, ""},
		"slowly":      {text, 2 * bodyTime, text[:len(text)-3]},
		"a large one": {large, 0, large[:len(large)-3]},
		"half a head": {text[:20], 0, text[:17]},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, echo, func(t *testing.T, b *bench) {
				c := b.connect()
				first := len(tt.text) - 3
				_, _ = io.WriteString(c, tt.text[:first])
				time.Sleep(tt.after)
				_, err := io.WriteString(c, tt.text[first:])
				if tt.yields == "" {
					if got := c.answer(t); got != "hello" || err != nil {
						t.Errorf("%q, %v", got, err)
					}
				}
				c.Close()
				synctest.Wait()
				b.mu.Lock()
				defer b.mu.Unlock()
				if got := strings.Join(b.yielded, "|"); got != tt.yields {
					t.Errorf("yielded %q, want %q", got, tt.yields)
				}
			})
		})
	}
}

// A connection that says nothing ends: a new one sooner than one that has had an answer.
func TestConnectionRests(t *testing.T) {
	inBubble(t, echo, func(t *testing.T, b *bench) {
		began := time.Now()
		c := b.connect()
		c.ends(t)
		if took := time.Since(began); took != b.First {
			t.Errorf("a new one ends after %s", took)
		}
		c = b.connect()
		c.ask(t, post("a"))
		time.Sleep(time.Minute)
		c.ask(t, post("b"))
		began = time.Now()
		c.ends(t)
		if took := time.Since(began); took < b.Idle*7/8 || took > b.Idle {
			t.Errorf("one that rests ends after %s", took)
		}
	})
}

// Old clients send an empty line behind the body of a POST, also in a packet of its own.
func TestLineEndsBehindBody(t *testing.T) {
	inBubble(t, echo, func(t *testing.T, b *bench) {
		c := b.connect()
		go func() { _, _ = io.WriteString(c, post("one")+"\r\n"+post("two")+"\r\n") }()
		if one, two := c.answer(t), c.answer(t); one != "one" || two != "two" {
			t.Errorf("%q, %q", one, two)
		}
		time.Sleep(time.Minute) // an empty line is no beginning of a request, which would have to go on
		_, _ = io.WriteString(c, "\r\n")
		if three := c.ask(t, post("three")); three != "three" {
			t.Errorf("%q", three)
		}
		c.ask(t, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
		_, _ = io.WriteString(c, "\r\n")
		c.ends(t)
		if b.mu.Lock(); len(b.yielded) != 1 || b.yielded[0] != "\r\n" {
			t.Errorf("net/http gets %q", b.yielded)
		}
		b.mu.Unlock()
	})
}

// A deadline that somebody else has moved is set anew, however near it is to the one that was set last.
func TestRestsAfterMovedDeadline(t *testing.T) {
	inBubble(t, echo, func(t *testing.T, b *bench) {
		var conn net.Conn
		b.Context = func(c net.Conn) context.Context { conn = c; return context.Background() }
		b.Rests = func(net.Conn) bool {
			_ = conn.SetReadDeadline(time.Time{})
			return true
		}
		c := b.connect()
		c.ask(t, post("a"))
		c.ask(t, post("b"))
		began := time.Now()
		c.ends(t)
		if took := time.Since(began); took != b.Idle {
			t.Errorf("it ends after %s", took)
		}
	})
}

// A client that leaves ends the context of its request, and what it sends meanwhile is its next request.
func TestClientLeaves(t *testing.T) {
	ended := make(chan error, 1)
	wait := func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		ended <- r.Context().Err()
	}
	inBubble(t, wait, func(t *testing.T, b *bench) {
		ended = make(chan error, 1)
		c := b.connect()
		_, _ = io.WriteString(c, post("a"))
		synctest.Wait()
		c.Close()
		began := time.Now()
		if err := <-ended; !errors.Is(err, context.Canceled) || time.Since(began) > unwatched {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

func TestNextRequestComesEarly(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Minute)
		if r.Context().Err() != nil {
			t.Error("the client is taken for gone")
		}
		echo(w, r)
	}
	inBubble(t, slow, func(t *testing.T, b *bench) {
		c := b.connect()
		go func() {
			_, _ = io.WriteString(c, post("one"))
			time.Sleep(time.Second)
			_, _ = io.WriteString(c, post("two"))
		}()
		if one, two := c.answer(t), c.answer(t); one != "one" || two != "two" {
			t.Errorf("%q, %q", one, two)
		}
		c.Close()
	})
}

func TestShutdown(t *testing.T) {
	finish := make(chan struct{})
	slow := func(w http.ResponseWriter, r *http.Request) {
		<-finish
		echo(w, r)
	}
	inBubble(t, slow, func(t *testing.T, b *bench) {
		finish = make(chan struct{})
		rests, works := b.connect(), b.connect()
		_, _ = io.WriteString(works, post("last"))
		synctest.Wait()
		down := make(chan struct{})
		go func() { b.Shutdown(t.Context()); close(down) }()
		rests.ends(t)
		synctest.Wait()
		select {
		case <-down:
			t.Error("it does not wait for the request under way")
		default:
		}
		close(finish)
		res, err := http.ReadResponse(works.in, nil)
		if err != nil || !res.Close {
			t.Fatalf("%+v, %v", res, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		works.ends(t)
		<-down
	})
}

// Whoever does not wait for the handlers cuts their connections.
func TestShutdownCuts(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	inBubble(t, hang, func(t *testing.T, b *bench) {
		c := b.connect()
		_, _ = io.WriteString(c, post("x"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		b.Shutdown(ctx)
		c.ends(t)
	})
}

func TestHandlerPanics(t *testing.T) {
	for name, p := range map[string]any{"to cut": http.ErrAbortHandler, "by accident": "oh"} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			inBubble(t, func(http.ResponseWriter, *http.Request) { panic(p) }, func(t *testing.T, b *bench) {
				b.Log = slog.New(slog.NewTextHandler(&log, nil))
				c := b.connect()
				_, _ = io.WriteString(c, post("x"))
				c.ends(t)
			})
			if logged := log.Len() > 0; logged != (p == "oh") {
				t.Errorf("logged %q", log.String())
			}
		})
	}
}

func TestHijack(t *testing.T) {
	take := func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		line, _ := buffered.ReadString('\n')
		_, _ = io.WriteString(conn, "took "+line)
		_ = conn.Close()
		if _, err := w.Write(nil); !errors.Is(err, http.ErrHijacked) {
			t.Errorf("a write afterwards: %v", err)
		}
	}
	inBubble(t, take, func(t *testing.T, b *bench) {
		c := b.connect()
		go func() { _, _ = io.WriteString(c, post("")+"mine\n") }()
		if got, _ := io.ReadAll(c.in); string(got) != "took mine\n" {
			t.Errorf("%q", got)
		}
	})
}

// An answer is what net/http would make of the same handler's words.
func TestAnswersAreNetHTTPs(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 5000)
	for name, handler := range map[string]http.HandlerFunc{
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"a word":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "word") },
		"words": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "wo")
			_, _ = io.WriteString(w, "rds")
		},
		"much":             func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, big) },
		"much by and by":   func(w http.ResponseWriter, _ *http.Request) { writeInPieces(w, big, 100) },
		"its body":         echo,
		"a page":           func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html><body>") },
		"a page with much": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>"+big) },
		"no content":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"not modified":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"an odd status":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(499) },
		"two statuses":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418); w.WriteHeader(500) },
		"a header": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header()["X"] = []string{"a", "b"}
			w.Header().Set("Bad Name", "x")
			w.Header().Set("Y", "a\r\nZ: b")
			w.WriteHeader(http.StatusCreated)
		},
		"a page that is told to be of no type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "<html><body>")
		},
		"not modified, with a type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotModified)
		},
		"early hints, with a length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			w.WriteHeader(http.StatusEarlyHints)
			_, _ = io.WriteString(w, "word")
		},
		"a body where none is": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
				t.Errorf("%v", err)
			}
		},
		"a stream": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			for i := range 5 {
				fmt.Fprintf(w, "data: %d\n\n", i)
				w.(http.Flusher).Flush()
			}
		},
		"a header alone at first": func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "later")
		},
		"a length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			_, _ = io.WriteString(w, "word")
			if _, err := io.WriteString(w, "s"); !errors.Is(err, http.ErrContentLength) {
				t.Errorf("%v", err)
			}
		},
		"less than its length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "word")
		},
		"the last one": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			_, _ = io.WriteString(w, "bye")
		},
		"trailers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, "word")
			w.Header().Set("X-Sum", "1")
			w.Header().Set(http.TrailerPrefix+"X-More", "2")
		},
		"trailers without a word before": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "word")
			w.(http.Flusher).Flush()
			w.Header().Set(http.TrailerPrefix+"X-More", "2")
		},
		"early hints": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</a>")
			w.WriteHeader(http.StatusEarlyHints)
			_, _ = io.WriteString(w, "word")
		},
		"its own date": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Date", "long ago") },
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := recorded(t, handler, true), recorded(t, handler, false)
			if !reflect.DeepEqual(ours, theirs) {
				t.Errorf("the answer is\n%+v, net/http's\n%+v", ours, theirs)
			}
		})
	}
}

func writeInPieces(w io.Writer, text string, size int) {
	for piece := range slices.Chunk([]byte(text), size) {
		_, _ = w.Write(piece)
	}
}

// record is what a client makes of an answer.
type record struct {
	status   string
	header   http.Header
	length   int64
	chunked  bool
	body     string
	trailer  http.Header
	err      string
	lasts    bool // the connection is good for another request
	informed []string
}

// recorded asks a server of ours, or net/http's, twice on one connection, and returns the last answer or the only one.
func recorded(t *testing.T, handler http.Handler, ours bool) (last record) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	theirs := &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	fast := &Server{
		Handler: handler, First: time.Minute, Idle: time.Minute, Log: slog.New(slog.DiscardHandler),
		Context: func(net.Conn) context.Context { return context.Background() },
		Yield:   func(net.Conn, []byte) bool { t.Error("it is yielded"); return false },
	}
	go func() {
		defer close(done)
		if ours {
			_ = fast.Serve(l)
		} else {
			_ = theirs.Serve(l)
		}
	}()
	defer func() { l.Close(); fast.Shutdown(t.Context()); _ = theirs.Close(); <-done }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for range 2 {
		if _, err := io.WriteString(conn, post("body")); err != nil {
			break
		}
		r, ok := readRecord(in)
		if !ok {
			break
		}
		r.lasts = last.status != ""
		last = r
	}
	return last
}

func readRecord(in *bufio.Reader) (r record, ok bool) {
	for {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return r, false
		}
		delete(res.Header, "Date")
		if res.StatusCode < http.StatusOK {
			r.informed = append(r.informed, fmt.Sprint(res.Status, slices.Sorted(maps.Keys(res.Header))))
			continue
		}
		body, err := io.ReadAll(res.Body)
		r.status, r.header, r.length, r.body, r.trailer, r.err = res.Status, res.Header, res.ContentLength, string(body), res.Trailer, fmt.Sprint(err)
		r.chunked = len(res.TransferEncoding) > 0
		return r, true
	}
}

// What a request leaves for the garbage collector, beside what the handler makes, is bounded.
func TestAllocations(t *testing.T) {
	const most = 16
	near, far := net.Pipe()
	s := &Server{
		Handler: http.HandlerFunc(echo), First: time.Minute, Idle: time.Minute, Log: slog.New(slog.DiscardHandler),
		Context: func(net.Conn) context.Context { return context.Background() },
	}
	go s.take(near).serve()
	request, answer := []byte(usualHead+"{\"a\":1}"), make([]byte, 4096)
	n := testing.AllocsPerRun(200, func() {
		_, _ = far.Write(request)
		_, _ = far.Read(answer)
	})
	_ = far.Close()
	s.Shutdown(t.Context())
	if n > most {
		t.Errorf("%v allocations, %d at most", n, most)
	}
}
