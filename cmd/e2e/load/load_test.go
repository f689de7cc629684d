package load

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func chat(address, model, text string) []byte {
	body := fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":%q}]}`, model, text)
	return fmt.Appendf(nil, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", address, len(body), body)
}

// TestModels has every model give its whole answer, one behind the other on a connection.
func TestModels(t *testing.T) {
	s, err := Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	client := NewClient(s.Address())
	defer client.Close()
	n := 0
	for model, pieces := range Pieces {
		a, err := client.Ask(chat(s.Address(), model, strings.Repeat("history ", 3000)), func(text []byte) {
			switch model {
			case Hold:
				s.Release()
			case Paced:
				if at, err := Time(text); err != nil || time.Since(at) > await.Limit {
					t.Errorf("the time of a piece is %s, %v", at, err)
				}
			}
		})
		if err != nil {
			t.Fatalf("%s: %v", model, err)
		}
		if err := a.Whole(pieces); err != nil {
			t.Errorf("%s: %v", model, err)
		}
		if n++; s.Asked() != n {
			t.Errorf("%d chats have come, want %d", s.Asked(), n)
		}
	}
}

// TestServerSpeaksHTTP reads an answer by the standard library.
func TestServerSpeaksHTTP(t *testing.T) {
	s, err := Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conn, err := net.Dial("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for range 2 {
		if _, err := conn.Write(chat(s.Address(), Early, "hi")); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || strings.Count(string(body), `"word"`) != Pieces[Early] || !strings.HasSuffix(string(body), "data: [DONE]\n\n") {
			t.Errorf("%s: %q, %v", res.Status, body, err)
		}
	}
}

// TestLossesAreSeen gives a client answers with two pieces, whole ones and others.
func TestLossesAreSeen(t *testing.T) {
	const (
		ok      = "HTTP/1.1 200 OK\r\n"
		chunked = ok + "transfer-encoding: chunked\r\n\r\n"
	)
	two := event("a") + event("b")
	done := "data: [DONE]\n\n"
	sized := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }
	translated := `{"message":{"content":"a"},"done":false}` + "\n" + `{"message":{"content":"b"},"done":false}` + "\n" +
		`{"message":{"content":""},"done":true}` + "\n"
	for _, tt := range []struct {
		name, answer string
		whole        bool
	}{
		{"in chunks", chunked + chunk(two) + chunk(done) + "0\r\n\r\n", true},
		{"in chunks that cut words", chunked + chunk(two[:21]) + chunk(two[21:]+done[:9]) + chunk(done[9:]) + "0\r\n\r\n", true},
		{"with a length", ok + sized(two+done), true},
		{"until the connection ends", ok + "\r\n" + two + done, true},
		{"in Ollama's words", chunked + chunk(translated) + "0\r\n\r\n", true},
		{"without the last chunk", chunked + chunk(two) + chunk(done), false},
		{"without the end of the last chunk", chunked + chunk(two) + chunk(done) + "0\r\n", false},
		{"with a chunk of another length", chunked + "5\r\n" + two + "\r\n0\r\n\r\n", false},
		{"without a piece", chunked + chunk(event("a")) + chunk(done) + "0\r\n\r\n", false},
		{"with a piece twice", chunked + chunk(two) + chunk(event("b")) + chunk(done) + "0\r\n\r\n", false},
		{"without the mark", chunked + chunk(two) + "0\r\n\r\n", false},
		{"in Ollama's words without the mark", chunked + chunk(translated[:strings.LastIndex(translated, "{\"me")]) + "0\r\n\r\n", false},
		{"shorter than its length", ok + "Content-Length: 9999\r\n\r\n" + two + done, false},
		{"with another status", "HTTP/1.1 502 Bad Gateway\r\n" + sized(two+done), false},
		{"with half a head", "HTTP/1.1 200", false},
		{"of nothing", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client := NewClient(answering(t, tt.answer))
			defer client.Close()
			a, err := client.Ask([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), nil)
			if err == nil {
				err = a.Whole(2)
			}
			if (err == nil) != tt.whole {
				t.Errorf("it is taken for whole: %t, by %v", err == nil, err)
			}
		})
	}
}

// answering answers one request with a text, and closes the connection.
func answering(t *testing.T, text string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := newWire(c, bufferSize).head(); err == nil {
			_, _ = io.WriteString(c, text)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-over })
	return l.Addr().String()
}
