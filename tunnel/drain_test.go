package tunnel

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/tunnel/dialect"
)

// answersTo sends text as it is, and returns the status of every answer until the connection ends.
func answersTo(t *testing.T, addr, text string) []int {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return readAnswers(t, conn, text)
}

func readAnswers(t *testing.T, conn io.Reader, text string) []int {
	t.Helper()
	var all []int
	from := bufio.NewReader(conn)
	method, _, _ := strings.Cut(text, " ")
	for {
		if _, err := from.Peek(1); err == io.EOF {
			return all
		}
		res, err := http.ReadResponse(from, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("after %v to %.60q: %v", all, text, err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatalf("body of answer %d to %.60q: %v", res.StatusCode, text, err)
		}
		all = append(all, res.StatusCode)
	}
}

// TestBodyThatNeverComes asks for everything that is answered before a body is read, and sends none.
func TestBodyThatNeverComes(t *testing.T) {
	g := newRig(t, func(g *Gateway) {
		g.timing.drain, g.timing.pair, g.timing.read = 50*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond
	}, upstream(t, "early", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "2")
		fmt.Fprint(w, "{}")
	}, "early"))
	const key = "Authorization: Bearer " + testKey + "\r\n"
	tests := []struct {
		name, line, headers string
		want                int
	}{
		{"no key", "POST /v1/chat/completions", "", 401},
		{"wrong key", "POST /v1/chat/completions", "Authorization: Bearer nope\r\n", 401},
		{"another name", "POST /v1/chat/completions", "Host: evil.example\r\n", 403},
		{"no such path", "POST /nothing", key, 404},
		{"no such path, no key", "POST /nothing", "", 401},
		{"another method", "PUT /v1/models", key, 405},
		{"the page", "GET /", "", 200},
		{"the page, posted", "POST /", "", 401},
		{"a file", "GET /page.js", "Accept: text/html\r\n", 401},
		{"health", "GET /healthz", "", 200},
		{"health, head only", "HEAD /healthz", "", 200},
		{"preflight", "OPTIONS /v1/models", "Origin: https://x.example\r\nAccess-Control-Request-Method: POST\r\n", 204},
		{"options", "OPTIONS /v1/models", "", 204},
		{"models", "GET /v1/models", key, 200},
		{"a picture's question", "POST /v1/audio/voices", key, 405},
		{"pair", "POST /pair", "", 400},
		{"chat", "POST /v1/chat/completions", key, 400},
		{"a 100 is awaited", "POST /v1/chat/completions", "Expect: 100-continue\r\n", 401},
		{"HTTP/1.0", "GET /healthz HTTP/1.0", "Connection: keep-alive\r\n", 200},
	}
	for _, tt := range tests {
		line := tt.line
		if !strings.Contains(line, "HTTP/") {
			line += " HTTP/1.1"
		}
		if !strings.Contains(tt.headers, "Host:") {
			tt.headers += "Host: " + g.addr + "\r\n"
		}
		for _, body := range []string{
			"Content-Length: 1000\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
			fmt.Sprintf("Content-Length: %d\r\n\r\nabc", 2*smallBody), "Content-Length: 9\r\n\r\n",
		} {
			if strings.Contains(line, "1.0") && strings.Contains(body, "chunked") {
				continue // which HTTP/1.0 does not have
			}
			got := answersTo(t, g.addr, line+"\r\n"+tt.headers+body)
			if len(got) != 1 || got[0] != tt.want {
				t.Errorf("%s, %.40q: answered %v and closed, want [%d]", tt.name, body, got, tt.want)
			}
		}
	}
}

// TestRestIsNoRequest hides a request behind what cannot be read as a body.
func TestRestIsNoRequest(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, func(g *Gateway) {
		g.timing.drain, g.timing.pair, g.timing.read = 50*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond
	}, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	hidden := "GET /healthz HTTP/1.1\r\nHost: " + g.addr + "\r\n\r\n"
	const key = "Authorization: Bearer " + testKey + "\r\n"
	heads := map[string]int{
		"POST / HTTP/1.1\r\n":                                                   401,
		"POST /v1/chat/completions HTTP/1.1\r\n":                                401,
		"POST /v1/chat/completions HTTP/1.1\r\n" + key:                          400,
		"POST /v1/models HTTP/1.1\r\n" + key:                                    405,
		"POST /pair HTTP/1.1\r\n":                                               400,
		"GET /healthz HTTP/1.1\r\n":                                             200,
		"OPTIONS /v1/models HTTP/1.1\r\n":                                       204,
		"POST /v1/chat/completions HTTP/1.1\r\nExpect: 100-continue\r\n" + key:  400,
		"POST /v1/chat/completions HTTP/1.1\r\nExpect: 100-continue\r\n":        401,
		"GET /v1/models HTTP/1.1\r\nOrigin: https://chat.example.org\r\n" + key: 200,
	}
	bodies := []string{
		"Transfer-Encoding: chunked\r\n\r\nXYZ\r\n", "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
		"Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n",
		"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "Content-Length: 5000\r\n\r\n",
		fmt.Sprintf("Content-Length: %d\r\n\r\n", 3*smallBody),
	}
	for head, want := range heads {
		for _, body := range bodies {
			text := head + "Host: " + g.addr + "\r\n" + body + hidden
			got := answersTo(t, g.addr, text)
			if strings.Contains(head, "Expect") && len(got) > 1 && got[0] == http.StatusContinue {
				got = got[1:]
			}
			if len(got) != 1 || got[0] != want {
				t.Errorf("%q: answered %v, want [%d] and the end", head+body, got, want)
			}
		}
	}
	if rec.count() > 0 {
		t.Errorf("%d requests reached the server", rec.count())
	}
}

// TestPipeline sends requests without waiting for answers. A body that has come is no reason to close,
// whether somebody wanted it or not.
func TestPipeline(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	body := chat("tiny")
	host := "Host: " + g.addr + "\r\n"
	post := func(key string) string {
		return "POST /v1/chat/completions HTTP/1.1\r\n" + host + "Authorization: Bearer " + key + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n", len(body)) + body
	}
	chunked := "POST /v1/nothing HTTP/1.1\r\n" + host + "Authorization: Bearer " + testKey + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
	last := "GET /healthz HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"
	got := answersTo(t, g.addr, post(testKey)+post("nope")+chunked+post(testKey)+post("nope")+last)
	if want := []int{200, 401, 404, 200, 401, 200}; !slices.Equal(got, want) || rec.count() != 2 {
		t.Errorf("answered %v, want %v; %d requests reached the server", got, want, rec.count())
	}
	for text, want := range map[string]int{
		"GET /healthz HTTP/1.0\r\n" + host + "\r\n":                                                                        1, // and the connection ends
		"GET /healthz HTTP/1.0\r\n" + host + "Connection: keep-alive\r\n\r\n":                                              2,
		"POST / HTTP/1.0\r\n" + host + "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n":                      1,
		"POST / HTTP/1.0\r\n" + host + "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n": 1,
	} {
		if got := answersTo(t, g.addr, text+last); len(got) != want {
			t.Errorf("%q: %v, want %d answers", text, got, want)
		}
	}
}

// TestWhatTheLibraryAnswers is about requests that net/http answers by itself, and then waits for their
// bodies.
func TestWhatTheLibraryAnswers(t *testing.T) {
	for line, want := range map[string]int{"POST / HTTP/1.1\r\nExpect: miracles": 417, "OPTIONS * HTTP/1.1": 200} {
		inBubble(t, func(t *testing.T, b *bubble) {
			conn, err := client.Transport.(*http.Transport).DialContext(t.Context(), "tcp", b.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			text := line + "\r\nHost: " + b.addr + "\r\nContent-Length: 9\r\n\r\n"
			go func() { _, _ = io.WriteString(conn, text) }()
			began := time.Now()
			got := readAnswers(t, conn, text)
			if waited := time.Since(began); len(got) != 1 || got[0] != want || waited > time.Minute {
				t.Errorf("%q: answered %v, closed after %s", line, got, waited)
			}
		}, dialect.OpenAI, jsonAnswer("{}"), "tiny")
	}
}

// TestPairingBodyThatDrips sends a byte now and then, each well before any read times out.
func TestPairingBodyThatDrips(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		conn, err := client.Transport.(*http.Transport).DialContext(t.Context(), "tcp", b.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		text := "POST /pair HTTP/1.1\r\nHost: " + b.addr + "\r\nContent-Length: 4000\r\n\r\n"
		go func() {
			_, err := io.WriteString(conn, text)
			for ; err == nil; time.Sleep(time.Second) {
				_, err = io.WriteString(conn, "x")
			}
		}()
		began := time.Now()
		got := readAnswers(t, conn, text)
		if waited := time.Since(began); len(got) != 1 || got[0] != 400 || waited > time.Minute {
			t.Errorf("answered %v, closed after %s", got, waited)
		}
		conn.Close()
		time.Sleep(2 * time.Second) // the sender notices
	}, dialect.OpenAI, jsonAnswer("{}"), "tiny")
}

func TestHeadsOf64KiB(t *testing.T) {
	g := newRig(t, nil)
	for size, want := range map[int]int{20 << 10: 200, 60_000: 200, 64 << 10: 431, 1 << 20: 431} {
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(patience))
		go fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nX-Filler: %s\r\n\r\n", g.addr, strings.Repeat("x", size))
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != want {
			t.Errorf("a head of %d bytes: %v, %v, want status %d", size, res, err, want)
		}
	}
}
