package e2e

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// trouble is something that servers do to their clients. Each is a model of one server.
type trouble struct {
	model  string
	answer http.HandlerFunc // says "one two three", if it gets that far
	says   string           // what is in the error that the page gets; empty: it gets the answer
}

var troubles = []trouble{
	{"cors-of-its-own", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Access-Control-Allow-Origin", "https://only.example")
		w.Header().Add("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		count(w)
	}, ""},
	{"error-with-200", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"error":{"message":"the model is broken"}}`)
	}, "the model is broken"},
	{"early-hints", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		count(w)
	}, ""},
	{"gzip-unasked", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		events(w)
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, counted)
		_ = z.Close()
	}, ""},
	{"length-unknown", func(w http.ResponseWriter, _ *http.Request) {
		raw(w, "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"+counted, false)
	}, ""},
	{"byte-by-byte", func(w http.ResponseWriter, _ *http.Request) {
		events(w)
		for _, b := range []byte(counted) {
			_ = tell(w, string([]byte{b}))
		}
	}, ""},
	{longSilence, func(w http.ResponseWriter, r *http.Request) {
		if silent(r) {
			count(w)
		}
	}, ""},
	{"long-silence-then-500", func(w http.ResponseWriter, r *http.Request) {
		if silent(r) {
			http.Error(w, `{"error":{"message":"the model did not fit"}}`, http.StatusInternalServerError)
		}
	}, "the model did not fit"},
	{"reset-in-an-event", func(w http.ResponseWriter, _ *http.Request) {
		raw(w, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"+chunk("one ")+`data: {"choices":[{"del`, true)
	}, "stopped before the answer was complete"},
	{"error-in-a-stream", func(w http.ResponseWriter, _ *http.Request) {
		events(w)
		_ = tell(w, chunk("one ")+`data: {"error":{"message":"the context is full"}}`+"\n\n")
	}, "the context is full"},
}

const longSilence = "long-silence"

// phonePatience is how long a phone waits on a silent connection before it drops it.
const phonePatience = 30 * time.Second

// TestTroubledServers has a page of another origin chat through the openai library with servers
// that do what they should not, all at the same time: it gets the answer or a clear error. So
// does a phone that waits no longer than phones do.
func TestTroubledServers(t *testing.T) {
	var models []string
	for _, tt := range troubles {
		models = append(models, tt.model)
	}
	beam := startBeam(t, "--server", serveFake(t, makeTrouble, models...).URL)
	key := beam.addDevice(t, "page").Key
	page := openClients(t)
	req, client := chatRequest(t, beam.url, key, longSilence), phoneClient(t)
	heard := make(chan error, 1)
	go func() { heard <- hear(client, req) }()

	got := call[[]attempt](page, "((base, key, models) => Promise.all(models.map((m) => clients.openai(base, key, m))))",
		beam.url, key, models)
	for i, tt := range troubles {
		got := got[i]
		switch {
		case tt.says == "" && (got.Error != nil || strings.Join(got.Pieces, "") != "one two three"):
			t.Errorf("%s: the page got %q and %+v", tt.model, got.Pieces, got.Error)
		case tt.says != "" && (got.Error == nil || !strings.Contains(got.Error.Message, tt.says)):
			t.Errorf("%s: the page got %q and %+v, want an error that says %q", tt.model, got.Pieces, got.Error, tt.says)
		}
	}
	if err := <-heard; err != nil {
		t.Errorf("%s: the phone got %v", longSilence, err)
	}
}

// hear sends a chat and returns why it did not get the whole answer.
func hear(client *http.Client, req *http.Request) error {
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && !strings.HasSuffix(string(body), counted) {
		err = fmt.Errorf("%s and %q", resp.Status, body)
	}
	return err
}

// phoneClient is an HTTP client that drops a connection on which nothing comes for as long as a
// phone waits.
func phoneClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, address)
		return impatient{conn}, err
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

type impatient struct{ net.Conn }

func (c impatient) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(phonePatience)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// makeTrouble answers as the model does that is asked.
func makeTrouble(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Model string }
	_ = json.NewDecoder(r.Body).Decode(&asked)
	i := slices.IndexFunc(troubles, func(tt trouble) bool { return tt.model == asked.Model })
	if i < 0 {
		http.Error(w, "no such model", http.StatusNotFound)
		return
	}
	troubles[i].answer(w, r)
}

var counted = chunk("one ") + chunk("two ") + chunk("three") + "data: [DONE]\n\n"

func count(w http.ResponseWriter) {
	events(w)
	_ = tell(w, counted)
}

// silent says nothing for longer than phones wait, and reports whether the client is still there.
func silent(r *http.Request) bool {
	select {
	case <-time.After(phonePatience + time.Second):
		return true
	case <-r.Context().Done():
		return false
	}
}

// raw sends bytes that net/http would not, and ends the connection, at will with a reset.
func raw(w http.ResponseWriter, answer string, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, answer)
	if reset {
		_ = conn.(*net.TCPConn).SetLinger(0)
	}
}
