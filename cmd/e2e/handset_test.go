package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// handset is a phone without a browser: it makes the calls of the connect page, from an address
// of its own, because all of 127.0.0.0/8 is this machine.
type handset struct {
	client *http.Client
	key    string // once it has paired
}

// reply is the gateway's answer to a handset: the fields of all that it may be.
type reply struct {
	Status int         `json:"-"`
	Header http.Header `json:"-"`
	Text   string      `json:"-"` // all of it

	Key    string
	Device struct{ ID, Name string }
	Models []string
	Guest  *guestPass
	Error  struct{ Code, Message string }
}

// guestPass is what a guest is told of the pass.
type guestPass struct {
	Until          time.Time
	Models         []string
	Requests, Left int
}

var handsets atomic.Uint32

// newHandset makes a phone at an address that no other one has.
func newHandset(t *testing.T) *handset {
	t.Helper()
	n := handsets.Add(1)
	return newHandsetAt(t, net.IPv4(127, 1, byte(n>>8), byte(n)))
}

func newHandsetAt(t *testing.T, ip net.IP) *handset {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: ip}}
	transport := &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &handset{client: &http.Client{Transport: transport}}
}

// pair shows a code and, if the phone has one, its key.
func (h *handset) pair(ctx context.Context, base, code, name string) (reply, error) {
	body, err := json.Marshal(map[string]any{"code": code, "device": map[string]string{"name": name}})
	if err != nil {
		return reply{}, err
	}
	got, err := h.do(ctx, http.MethodPost, base+"/pair", body)
	if err == nil && got.Status == http.StatusOK {
		h.key = got.Key
	}
	return got, err
}

// do makes a request with the phone's key and a body of JSON.
func (h *handset) do(ctx context.Context, method, url string, body []byte) (reply, error) {
	return h.send(ctx, method, url, "application/json", body)
}

// send makes a request with the phone's key.
func (h *handset) send(ctx context.Context, method, url, kind string, body []byte) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", kind)
	if h.key != "" {
		req.Header.Set("Authorization", "Bearer "+h.key)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	got := reply{Status: resp.StatusCode, Header: resp.Header, Text: string(content)}
	_ = json.Unmarshal(content, &got) // not everything is JSON, and Ollama's errors are flat
	return got, nil
}

// chatWith posts a body of JSON.
func (h *handset) chatWith(t *testing.T, base, path, body string) reply {
	t.Helper()
	got, err := h.do(t.Context(), http.MethodPost, base+path, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// mustPair pairs with the code that beam shows now.
func (h *handset) mustPair(t *testing.T, b *beam, name string) reply {
	t.Helper()
	got, err := h.pair(t.Context(), b.url, b.freshCode(t), name)
	if err != nil || got.Status != http.StatusOK || got.Key == "" {
		t.Fatalf("pairing %s: %+v, %v", name, got, err)
	}
	return got
}

// get is the answer to a GET.
func (h *handset) get(t *testing.T, url string) reply {
	t.Helper()
	got, err := h.do(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
