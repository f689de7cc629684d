package readiness

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// teller is a server that takes its time, and counts what it is asked.
type teller struct {
	mu           sync.Mutex // guards what follows
	asked        int
	atOnce, most int // questions at the same moment
	takes        time.Duration
}

func (s *teller) RoundTrip(r *http.Request) (*http.Response, error) {
	s.count(1)
	defer s.count(-1)
	select {
	case <-time.After(s.takes):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	const list = `{"data":[{"id":"tiny:latest","state":"loading"},{"id":"other","state":"loaded"}]}`
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(list))}, nil
}

func (s *teller) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked += max(n, 0)
	s.atOnce += n
	s.most = max(s.most, s.atOnce)
}

// TestPhonesShareAnAnswer has twenty phones ask at once, again and again, as they do while a model is being loaded.
func TestPhonesShareAnAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		takes time.Duration
		every time.Duration
		want  int // questions in ten rounds
		state State
	}{
		"at once":                     {0, 100 * time.Millisecond, 1, Loading},
		"a server that takes a while": {300 * time.Millisecond, 300 * time.Millisecond, 3, Loading},
		"as the page asks":            {10 * time.Millisecond, 3 * time.Second, 10, Loading},
		"a server that hangs":         {time.Hour, 3 * time.Second, 10, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var a Asker
				server, at := &teller{takes: tt.takes}, target(t, "http://127.0.0.1:1234", "/api/v0/models")
				for range 10 {
					var phones sync.WaitGroup
					for range 20 {
						phones.Go(func() {
							if got := a.Of(t.Context(), server, at); got != tt.state {
								t.Errorf("it is %q, want %q", got, tt.state)
							}
						})
					}
					phones.Wait()
					time.Sleep(tt.every)
				}
				if server.asked != tt.want || server.most != 1 {
					t.Errorf("%d questions, %d of them at once; want %d", server.asked, server.most, tt.want)
				}
			})
		})
	}
}

// TestOneQuestionAtATime: two models of a server have an answer each, and one that is another server's does not wait.
func TestOneQuestionAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a Asker
		server, began := &teller{takes: 100 * time.Millisecond}, time.Now()
		at := target(t, "http://127.0.0.1:1234", "/api/v0/models")
		other, elsewhere := target(t, "http://127.0.0.1:1234", "/api/v0/models"), target(t, "http://127.0.0.1:4321", "/api/v0/models")
		other.Model.ID = "other"
		var phones sync.WaitGroup
		got := make([]State, 3)
		phones.Go(func() { got[0] = a.Of(t.Context(), server, at) })
		phones.Go(func() { got[1] = a.Of(t.Context(), server, other) })
		phones.Go(func() { got[2] = a.Of(t.Context(), &teller{takes: 100 * time.Millisecond}, elsewhere) })
		phones.Wait()
		if took := time.Since(began); took != 200*time.Millisecond || server.most != 1 || server.asked != 2 {
			t.Errorf("%d questions, %d at once, in %v", server.asked, server.most, took)
		}
		if got[0] != Loading || got[1] != Ready || got[2] != Loading {
			t.Errorf("they are %q", got)
		}
	})
}

// TestOneThatLeavesTellsNothing: a phone that goes away in the middle of its question takes no answer from the others.
func TestOneThatLeavesTellsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a Asker
		server, at := &teller{takes: 100 * time.Millisecond}, target(t, "http://127.0.0.1:1234", "/api/v0/models")
		ctx, leave := context.WithCancel(t.Context())
		var phones sync.WaitGroup
		phones.Go(func() { a.Of(ctx, server, at) })
		synctest.Wait()
		phones.Go(func() {
			if got := a.Of(t.Context(), server, at); got != Loading {
				t.Errorf("who stays is told %q", got)
			}
		})
		synctest.Wait()
		leave()
		phones.Wait()
		if server.asked != 2 {
			t.Errorf("%d questions", server.asked)
		}
		time.Sleep(2 * good)
		elsewhere := target(t, "http://127.0.0.1:4321", "/api/v0/models")
		a.Of(t.Context(), server, elsewhere)
		if len(a.queues) != 1 {
			t.Errorf("%d servers are remembered", len(a.queues))
		}
	})
}
