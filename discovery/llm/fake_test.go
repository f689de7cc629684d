package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"modelbeam/discovery/sockets"
)

func TestMain(m *testing.M) {
	if spec := os.Getenv(helperEnv); spec != "" {
		if err := serveFakes(spec); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// fake is a server that answers from a file in testdata: path to answer, "*" for all others. The
// files hold what the real servers answer, shortened; a key, if set, is wanted for /v1.
type fake struct {
	*httptest.Server

	mu      sync.Mutex
	answers map[string]fakeAnswer
	asked   []string      // paths, in order
	hold    chan struct{} // not nil: no answer before it is closed or the asker gives up
	key     string
	heard   []http.Header
}

// testAgent is what this process's Scanners call themselves. Others may run on this machine, which find
// the fakes as well.
var testAgent = fmt.Sprint("modelbeam test ", os.Getpid())

type fakeAnswer struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   json.RawMessage   `json:"body"`
}

func startFake(t *testing.T, name string) *fake { return startFakeAt(t, name, "127.0.0.1:0") }

func startFakeAt(t *testing.T, name, addr string) *fake {
	t.Helper()
	f, err := readFake(name)
	if err != nil {
		t.Fatal(err)
	}
	f.Server = serveAt(t, f, addr)
	return f
}

func readFake(name string) (*fake, error) {
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		return nil, err
	}
	f := &fake{}
	if err := json.Unmarshal(text, &f.answers); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return f, nil
}

// serveAt is a server for h at an address of our choice, until the test ends.
func serveAt(t *testing.T, h http.Handler, addr string) *httptest.Server {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	if r.UserAgent() == testAgent {
		f.asked = append(f.asked, r.URL.Path)
		f.heard = append(f.heard, r.Header)
	}
	a, ok := f.answers[r.URL.Path]
	hold, key := f.hold, f.key
	if !ok {
		a = f.answers["*"]
	}
	f.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	if key != "" && r.Header.Get("Authorization") != "Bearer "+key {
		a = fakeAnswer{Status: http.StatusUnauthorized, Body: json.RawMessage(`{"error":{"message":"no"}}`)}
	}
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	var text string
	if json.Unmarshal(a.Body, &text) == nil {
		a.Body = []byte(text)
	}
	_, _ = w.Write(a.Body)
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

func (f *fake) port() int { return port(f.Server) }

func port(s *httptest.Server) int { return s.Listener.Addr().(*net.TCPAddr).Port }

func (f *fake) base(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// at is a Scanner with the real table, but with ports of the test's own: those of the named
// kinds. "" stands for the last row, of the servers without a name. It sees no sockets at other
// ports, and is patient, because the machine that tests run on may be busy.
func at(ports map[string][]int) *Scanner {
	kinds := table()
	var known []string
	usual := make(map[int]bool)
	for i := range kinds {
		name := kinds[i].name
		if i == len(kinds)-1 {
			name = ""
		}
		kinds[i].ports, kinds[i].more = ports[name], nil
		known = append(known, name)
		for _, port := range kinds[i].ports {
			usual[port] = true
		}
	}
	for name := range ports {
		if !slices.Contains(known, name) {
			panic("there is no " + name + " in the table")
		}
	}
	return &Scanner{replaced: replaced{
		kinds: kinds, patience: 10 * time.Second, agent: testAgent,
		sockets: seeing(func(s sockets.Socket) bool { return usual[int(s.Addr.Port())] }),
	}}
}

// seeing lists the sockets of this machine that are the test's business. What else listens here may
// come and go as it likes.
func seeing(want func(sockets.Socket) bool) func() ([]sockets.Socket, error) {
	return func() ([]sockets.Socket, error) {
		all, err := sockets.List()
		return slices.DeleteFunc(all, func(s sockets.Socket) bool { return !want(s) }), err
	}
}

// blind makes a Scanner one on a system that cannot list sockets.
func blind(s *Scanner) *Scanner {
	s.replaced.sockets = func() ([]sockets.Socket, error) { return nil, errors.ErrUnsupported }
	return s
}

func describe(servers []Server) []string {
	var names []string
	for _, s := range servers {
		names = append(names, s.Name+" "+s.URL.String())
	}
	return names
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
