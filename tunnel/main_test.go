package tunnel

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"

	"go.uber.org/goleak"
)

const (
	testKey  = "mb_AAAAAAAAAAAAAAAAAAAAAA"
	otherKey = "mb_BBBBBBBBBBBBBBBBBBBBBB"
	patience = await.Limit // of connections: what must come comes long before
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// keyring is a Keyring that tests can change.
type keyring struct {
	mu     sync.Mutex
	keys   map[string]Device
	unread bool            // the list could not be read yet
	gone   map[string]bool // keys that were taken away
}

func newKeyring() *keyring {
	return &keyring{keys: map[string]Device{
		testKey:  {ID: "d1", Name: "Phone"},
		otherKey: {ID: "d2", Name: "Tablet"},
	}}
}

func (k *keyring) Device(key string) (Device, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	d, ok := k.keys[key]
	return d, ok
}

func (k *keyring) set(key string, d Device) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[key] = d
}

func (k *keyring) remove(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.keys, key)
	if k.gone == nil {
		k.gone = make(map[string]bool)
	}
	k.gone[key] = true
}

func (k *keyring) Known() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.unread
}

func (k *keyring) Removed(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.gone[key]
}

// exchanges collects what Observe gets.
type exchanges struct {
	mu  sync.Mutex
	all []Exchange
}

func (e *exchanges) observe(x Exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, x)
}

func (e *exchanges) list() []Exchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Exchange(nil), e.all...)
}

// ended waits for the end of the n-th request and returns it.
func (e *exchanges) ended(t *testing.T, n int) Exchange {
	t.Helper()
	var found Exchange
	await.True(t, fmt.Sprintf("the end of request %d", n), func() bool {
		count := 0
		for _, x := range e.list() {
			if x.Ended {
				if count++; count == n {
					found = x
					return true
				}
			}
		}
		return false
	})
	return found
}

// rig is a running gateway with a client for it.
type rig struct {
	*Gateway
	t    *testing.T
	url  string
	addr string
	seen *exchanges
	keys *keyring
	stop func() // ends Serve and waits for it
}

// newRig starts a gateway before the given servers on loopback. Change options in with.
func newRig(t *testing.T, with func(*Gateway), servers ...catalog.Server) *rig {
	t.Helper()
	r := &rig{t: t, seen: &exchanges{}, keys: newKeyring()}
	r.Gateway = &Gateway{
		Name: "Testbook", ID: "install-1", Keys: r.keys, Observe: r.seen.observe,
		timing: defaultTiming,
	}
	if with != nil {
		with(r.Gateway)
	}
	r.SetServers(servers)
	r.handler = withoutStrangers(r.Handler())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = l.Addr().String()
	r.url = "http://" + r.addr
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Serve(ctx, l) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

// request makes a request with testKey; headers come in pairs.
func (r *rig) request(method, path, body string, headers ...string) *http.Request {
	r.t.Helper()
	var rd io.Reader
	if body != "" {
		rd = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, r.url+path, rd)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testKey)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	return req
}

// client makes a new connection for every request, so that nothing of it outlives the test.
var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func do(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	res, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// fetch returns the answer's whole body too.
func fetch(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	res := do(t, req)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("read answer of %s %s: %v", req.Method, req.URL, err)
	}
	return res, string(body)
}

// chat is a chat request for a model.
func chat(model string) string {
	return fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":"hi"}],"stream":true}`, model)
}

// errorOf reads an error of ours in OpenAI's shape.
func errorOf(t *testing.T, body string) (code, message string) {
	t.Helper()
	var v struct {
		Error struct{ Message, Type, Code, Source string }
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("error is not JSON: %v in %q", err, body)
	}
	if v.Error.Source != "modelbeam" || v.Error.Type == "" {
		t.Errorf("error does not say what and whose it is: %s", body)
	}
	return v.Error.Code, v.Error.Message
}

// raw sends text as it is and returns the answer's head and body.
func raw(t *testing.T, addr, text string) (*http.Response, string) {
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
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("read answer to %q: %v", text, err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("read body of answer to %q: %v", text, err)
	}
	return res, string(body)
}

const (
	// smallBody is what a body can have to stay in memory, and what net/http reads by itself of one that
	// was answered early.
	smallBody = 256 << 10
	pieceSize = 64 << 10 // what is read of a body at once

	comment = ": waiting\n" // what a stream of events has while its server is silent
)
