package app

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// TestCalmFromTheStart: a service that starts with the computer has nobody who looks. It looks for servers as seldom
// then as after somebody has looked.
func TestCalmFromTheStart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // there is something to ask about
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	synctest.Test(t, func(t *testing.T) {
		s := newServers(Options{Demo: "off"}, nil, slog.New(slog.DiscardHandler), func() {})
		looks := make(chan time.Time, 10000)
		port := l.Addr().(*net.TCPAddr).Port
		s.scanner.Skip = func(asked int) bool {
			if asked == port {
				looks <- time.Now()
			}
			return true // nobody is asked, so that all of this happens on the test's own clock
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.run(ctx)
		}()
		defer func() { cancel(); <-ended }()
		first := <-looks
		next := first
		for next == first { // more of the same look
			next = <-looks
		}
		if between := next.Sub(first); between < 3*time.Second {
			t.Errorf("it looked again after %v", between)
		}
	})
}
