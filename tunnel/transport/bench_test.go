package transport

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// quick is the answer of a server that has five tokens at once.
const quick = "HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
	"39\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"token token\"}}]}\n\n\r\n" +
	"39\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"token token\"}}]}\n\n\r\n0\r\n\r\n"

// BenchmarkRoundTrip puts the carriers beside each other:
//
//	go test -run '^$' -bench RoundTrip -benchmem ./tunnel/transport
func BenchmarkRoundTrip(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go serveQuick(l)
	tr := New(nil)
	defer tr.CloseIdleConnections()
	for name, by := range map[string]carrier{"plain": tr.plain, "standard": tr.standard} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			room := make([]byte, 8<<10)
			for b.Loop() {
				askQuick(b, by, "http://"+l.Addr().String(), room)
			}
		})
	}
}

func askQuick(tb testing.TB, by carrier, url string, room []byte) {
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, url, strings.NewReader(`{"model":"tiny"}`))
	if err != nil {
		tb.Fatal(err)
	}
	res, _, err := by.carry(req, req.URL.Host, false)
	if err != nil {
		tb.Fatal(err)
	}
	for err == nil {
		_, err = res.Body.Read(room)
	}
	if err != io.EOF {
		tb.Fatal(err)
	}
	_ = res.Body.Close()
}

// serveQuick answers what comes in one piece.
func serveQuick(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			for room := make([]byte, 4<<10); ; {
				if _, err := c.Read(room); err != nil {
					return
				}
				if _, err := io.WriteString(c, quick); err != nil {
					return
				}
			}
		}()
	}
}
