package e2e

import (
	"compress/gzip"
	"encoding/json"
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
	{"long-silence", func(w http.ResponseWriter, r *http.Request) {
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
	}, "broke off"},
	{"error-in-a-stream", func(w http.ResponseWriter, _ *http.Request) {
		events(w)
		_ = tell(w, chunk("one ")+`data: {"error":{"message":"the context is full"}}`+"\n\n")
	}, "the context is full"},
}

// phonePatience is how long a phone waits on a silent connection before it drops it.
const phonePatience = 30 * time.Second

// TestTroubledServers has a page of another origin chat through the openai library with servers
// that do what they should not, all at the same time: it gets the answer or a clear error.
func TestTroubledServers(t *testing.T) {
	var models []string
	for _, tt := range troubles {
		models = append(models, tt.model)
	}
	beam := startBeam(t, "--server", serveFake(t, makeTrouble, models...).URL)
	key := beam.addDevice(t, "page").Key
	page := openClients(t)
	for _, tt := range troubles {
		t.Run(tt.model, func(t *testing.T) {
			t.Parallel()
			got := call[attempt](page.with(t), "clients.openai", beam.url, key, tt.model)
			switch {
			case tt.says == "" && (got.Error != nil || strings.Join(got.Pieces, "") != "one two three"):
				t.Errorf("the page got %q and %+v", got.Pieces, got.Error)
			case tt.says != "" && (got.Error == nil || !strings.Contains(got.Error.Message, tt.says)):
				t.Errorf("the page got %q and %+v, want an error that says %q", got.Pieces, got.Error, tt.says)
			}
		})
	}
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
