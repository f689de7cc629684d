package homelab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// What comes of a visit that gets no answer.
const (
	TimedOut    = "timed out"
	Refused     = "refused"
	Unreachable = "unreachable"
	Broken      = "broken off"
)

// patience is how long a phone tries to connect: longer than it takes to send the first packet a second time. Who is connected
// waits for the answer as long as a busy machine takes for one.
const patience = 1500 * time.Millisecond

// Client makes requests from the machine, each on a connection of its own, to addresses in numbers.
func (m *Machine) Client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DialContext: m.Dial, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Visit opens a page from the machine, as a browser does. It returns the status and the beginning of the page,
// as "200 <!doctype html>", or how the visit failed: TimedOut, Refused, Unreachable or Broken.
func (m *Machine) Visit(url string, headers ...string) string {
	m.t.Helper()
	return m.Ask(http.MethodGet, url, "", append([]string{"Accept: text/html,application/xhtml+xml,*/*;q=0.8"}, headers...)...)
}

// Ask is Visit with any method and a body; a header is written "Name: value", and Host is one of them.
func (m *Machine) Ask(method, url, body string, headers ...string) string {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), await.Limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
		if name == "Host" {
			req.Host = value
		}
	}
	client := m.Client()
	client.Transport = &http.Transport{DialContext: m.dialSoon, DisableKeepAlives: true}
	resp, err := client.Do(req)
	if err != nil {
		return Failure(m.t, err)
	}
	defer func() { _ = resp.Body.Close() }()
	page, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return Failure(m.t, err)
	}
	return fmt.Sprintf("%d %s", resp.StatusCode, page)
}

// dialSoon is Dial with a phone's patience.
func (m *Machine) dialSoon(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return m.Dial(ctx, network, address)
}

// Failure says in one of this package's words how a connection failed.
func Failure(t testing.TB, err error) string {
	t.Helper()
	switch {
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return TimedOut
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Unreachable
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Broken
	}
	t.Fatalf("a visit failed in a way that has no name here: %v", err)
	return ""
}
