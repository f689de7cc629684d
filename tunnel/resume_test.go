package tunnel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/kept"
)

const answerName = "0123456789abcdef"

// counting is a server that sends an event whenever it may, and says when its work was cancelled.
type counting struct {
	next   chan struct{} // closed: go on to the end
	events int
	ended  chan struct{}
}

func newCounting(events int) *counting {
	return &counting{next: make(chan struct{}), events: events, ended: make(chan struct{}, 1)}
}

func (s *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if r.Header.Get(streamHeader) != "" {
		panic("the server was told")
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	for i := range s.events {
		_, _ = fmt.Fprintf(w, "data: {\"n\":%d,\"text\":\"ä\"}\n\n", i)
		flush(w)
		select {
		case <-s.next:
		case <-r.Context().Done():
			s.ended <- struct{}{}
			return
		}
	}
	_, _ = io.WriteString(w, "data: [DONE]\n\n")
}

// all is what the whole answer is.
func (s *counting) all() string {
	var all strings.Builder
	for i := range s.events {
		fmt.Fprintf(&all, "data: {\"n\":%d,\"text\":\"ä\"}\n\n", i)
	}
	return all.String() + "data: [DONE]\n\n"
}

// begin asks for an answer with a name, reads n bytes of it and leaves.
func (r *rig) begin(n int, headers ...string) string {
	r.t.Helper()
	res := do(r.t, r.named(headers...))
	got := make([]byte, n)
	if _, err := io.ReadFull(res.Body, got); err != nil {
		r.t.Fatalf("read the beginning: %v", err)
	}
	res.Body.Close()
	return string(got)
}

func (r *rig) named(headers ...string) *http.Request {
	return r.request("POST", "/v1/chat/completions", chat("tiny"), append([]string{streamHeader, answerName}, headers...)...)
}

// rest picks the answer up.
func (r *rig) rest(from int, headers ...string) *http.Request {
	return r.request("GET", fmt.Sprintf("/streams/%s?from=%d", answerName, from), "", headers...)
}

// alone waits until nobody is there for the answer.
func (r *rig) alone() {
	r.t.Helper()
	await.True(r.t, "the client to be missed", func() bool {
		answer := r.shelf.Get(kept.Key{Device: "d1", Name: answerName})
		return answer != nil && answer.Clients() == 0
	})
}

func TestAnswerIsPickedUp(t *testing.T) {
	server := newCounting(50)
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, server.ServeHTTP, "tiny"))
	got := g.begin(20)
	g.alone()
	server.next <- struct{}{}
	server.next <- struct{}{}
	res := do(t, g.rest(len(got)))
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" || res.Header.Get(allowOrigin) != "*" {
		t.Errorf("status %d, %v", res.StatusCode, res.Header)
	}
	some := make([]byte, 30) // cut again, in the middle of an event
	if _, err := io.ReadFull(res.Body, some); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	got += string(some)
	close(server.next)
	_, last := fetch(t, g.rest(len(got)))
	if got += last; got != server.all() {
		t.Errorf("the pieces together are %q", got)
	}
	if x := g.seen.ended(t, 2); x.Path != "/v1/chat/completions" && x.Path != streamsPath {
		t.Errorf("Observe got %+v", x)
	}
	for _, x := range g.seen.list() {
		if x.Ended && x.Method == "POST" && x.Status != 200 {
			t.Errorf("the answer that was picked up counts as %+v", x)
		}
		if strings.Contains(x.Path, answerName) {
			t.Errorf("the name is in %q", x.Path)
		}
	}
	for from, status := range map[string]int{"0": 200, fmt.Sprint(len(server.all())): 200, fmt.Sprint(len(server.all()) + 1): 400, "-1": 400, "x": 400, "": 200} {
		res, body := fetch(t, g.request("GET", "/streams/"+answerName+"?from="+from, ""))
		if res.StatusCode != status || from == "0" && body != server.all() {
			t.Errorf("from %q: status %d: %.100s", from, res.StatusCode, body)
		}
	}
	res, body := fetch(t, g.rest(0, "Authorization", "Bearer "+otherKey))
	refused(t, res, body, 404, "stream_not_found")
	res, body = fetch(t, g.request("DELETE", "/streams/"+answerName, "", "Authorization", "Bearer "+otherKey))
	refused(t, res, body, 404, "stream_not_found")
}

func TestTwoFollowBesidesTheClient(t *testing.T) {
	server := newCounting(20)
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, server.ServeHTTP, "tiny"))
	res := do(t, g.named())
	_, _ = bufio.NewReaderSize(res.Body, 16).ReadString('\n')
	answers := make([]string, 2)
	var all sync.WaitGroup
	for i := range answers {
		follower := do(t, g.rest(0))
		all.Go(func() {
			body, err := io.ReadAll(follower.Body)
			if answers[i] = string(body); err != nil {
				t.Error(err)
			}
		})
	}
	close(server.next)
	if _, err := io.ReadAll(res.Body); err != nil {
		t.Errorf("the first client: %v", err)
	}
	all.Wait()
	for i, answer := range answers {
		if answer != server.all() {
			t.Errorf("follower %d got %q", i, answer)
		}
	}
}

func TestServerDiesWhileNobodyListens(t *testing.T) {
	const event = "data: {}\n\n"
	die := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, event)
		flush(w)
		<-die
		panic(http.ErrAbortHandler)
	}, "tiny"))
	g.begin(len(event))
	g.alone()
	close(die)
	_, rest := fetch(t, g.rest(len(event)))
	if code, _ := errorOf(t, strings.TrimPrefix(rest, "data: ")); code != "server_broke_off" {
		t.Errorf("the rest is %q", rest)
	}
}

func TestPromisedLengthThatIsNotKept(t *testing.T) {
	die := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"half":`)
		flush(w)
		<-die
		panic(http.ErrAbortHandler)
	}, "tiny"))
	g.begin(8)
	g.alone()
	close(die)
	res := do(t, g.rest(8))
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("half an answer was picked up as if it were whole")
	}
}

// endings are what ends an answer with nobody there, with the code that whoever comes back is told
// by GET; empty where nobody can.
var endings = map[string]struct {
	end  func(*rig)
	code string
}{
	"removed":     {func(g *rig) { g.keys.remove(testKey); g.Disconnect("d1", Removed) }, ""},
	"paused":      {func(g *rig) { g.Disconnect("d1", DevicePaused) }, "stream_not_found"},
	"all paused":  {func(g *rig) { g.SetPaused(true); g.SetPaused(false) }, "paused"},
	"dropped":     {func(g *rig) { g.DropServer("ollama") }, "server_removed"},
	"stopped":     {func(g *rig) { fetch(g.t, g.request("DELETE", "/streams/"+answerName, "")) }, "stream_not_found"},
	"Serve ended": {func(g *rig) { g.stop() }, ""},
}

func TestAnswerEndsWithNobodyThere(t *testing.T) {
	for name, tt := range endings {
		t.Run(name, func(t *testing.T) {
			server := newCounting(5)
			inBubble(t, func(t *testing.T, b *bubble) {
				server.next, server.ended = make(chan struct{}), make(chan struct{}, 1) // the bubble's own
				b.begin(8)
				b.alone()
				began := time.Now()
				tt.end(b.rig)
				await.Done(t, "the server to be told", server.ended)
				if took := time.Since(began); took > time.Second {
					t.Errorf("it took %v", took)
				}
				if tt.code == "" {
					return
				}
				_, body := fetch(t, b.rest(0))
				if code, _ := errorOf(t, body[strings.LastIndex(body, `{"error"`):]); code != tt.code {
					t.Errorf("who comes back gets %q", body)
				}
			}, dialect.OpenAI, server.ServeHTTP, "tiny")
		})
	}
}

func TestFollowerIsToldOfTheEnd(t *testing.T) {
	for name, want := range map[string]string{"removed": "removed", "paused": "device_paused", "all paused": "paused", "dropped": "server_removed"} {
		t.Run(name, func(t *testing.T) {
			server := newCounting(5)
			inBubble(t, func(t *testing.T, b *bubble) {
				server.next, server.ended = make(chan struct{}), make(chan struct{}, 1) // the bubble's own
				b.begin(8)
				res := do(t, b.rest(0))
				_, _ = bufio.NewReaderSize(res.Body, 16).ReadString('\n')
				began := time.Now()
				endings[name].end(b.rig)
				if code := lastError(t, res); code != want || time.Since(began) > time.Second {
					t.Errorf("it was told %q after %v", code, time.Since(began))
				}
			}, dialect.OpenAI, server.ServeHTTP, "tiny")
		})
	}
}

func TestAnswerIsKeptForAWhile(t *testing.T) {
	server := newCounting(3)
	ctx, gone := context.WithCancel(t.Context())
	inBubble(t, func(t *testing.T, b *bubble) {
		server.next, server.ended = make(chan struct{}), make(chan struct{}, 1) // the bubble's own
		wait := b.timing.alone
		b.begin(8)
		time.Sleep(wait - time.Second)
		res := do(t, b.rest(0))
		_, _ = bufio.NewReaderSize(res.Body, 16).ReadString('\n')
		time.Sleep(time.Second) // somebody is there again: the time begins anew
		synctest.Wait()
		select {
		case <-server.ended:
			t.Error("the server's work ended with a follower there")
		default:
		}
		res.Body.Close()
		began := time.Now()
		<-server.ended
		if took := time.Since(began); took != wait {
			t.Errorf("with nobody there the server went on for %v, want %v", took, wait)
		}
		synctest.Wait()
		if x := b.seen.ended(t, 2); x.Method == "POST" && x.Status != fault.StatusClientGone {
			t.Errorf("Observe got %+v", x)
		}

		close(server.next)
		_, all := fetch(t, b.named())
		time.Sleep(wait - time.Second)
		if _, again := fetch(t, b.rest(0)); again != all || all != server.all() {
			t.Errorf("the answer is %q, and %q later", all, again)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		res, body := fetch(t, b.rest(0))
		refused(t, res, body, 404, "stream_not_found")
		gone()
	}, dialect.OpenAI, server.ServeHTTP, "tiny")
	<-ctx.Done()
}

func TestAnswersAreBounded(t *testing.T) {
	server := newCounting(2)
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, server.ServeHTTP, "tiny"))
	name := func(i int) string { return fmt.Sprintf("%s%d", answerName, i) }
	var open []*http.Response
	for i := range 4 {
		open = append(open, do(t, g.named(streamHeader, name(i))))
	}
	res, body := fetch(t, g.named(streamHeader, name(0)))
	refused(t, res, body, 409, "stream_exists")
	extra := do(t, g.named(streamHeader, name(9))) // one too many: an answer like any other
	res, body = fetch(t, g.request("GET", "/streams/"+name(9), ""))
	refused(t, res, body, 404, "stream_not_found")
	extra.Body.Close()
	await.Done(t, "the answer without a name to end with its client", server.ended)
	other := do(t, g.named("Authorization", "Bearer "+otherKey)) // another device has room of its own
	close(server.next)
	for _, res := range append(open, other) {
		_, _ = io.Copy(io.Discard, res.Body)
	}
	await.True(t, "the answers to be over", func() bool { return len(g.Running()) == 0 })
	fetch(t, g.named(streamHeader, name(8))) // takes the place of the oldest
	for i, status := range map[int]int{0: 404, 1: 200, 8: 200} {
		if res, _ := fetch(t, g.request("GET", "/streams/"+name(i), "")); res.StatusCode != status {
			t.Errorf("answer %d: status %d, want %d", i, res.StatusCode, status)
		}
	}
	g.Disconnect("d1", PassChanged)
	res, body = fetch(t, g.request("GET", "/streams/"+name(8), ""))
	refused(t, res, body, 404, "stream_not_found")
	for _, bad := range []string{"short", strings.Repeat("x", 65), "0123456789abcde/", "0123456789 abcdef"} {
		fetch(t, g.named(streamHeader, bad))
		if g.shelf.Get(kept.Key{Device: "d1", Name: bad}) != nil {
			t.Errorf("an answer is kept as %q", bad)
		}
	}
	if g.shelf.Get(kept.Key{Device: "d2", Name: answerName}) == nil {
		t.Error("the other device's answer is gone too")
	}
}

func TestAnswerTooLongToBeKept(t *testing.T) {
	more := make(chan struct{})
	ended := make(chan struct{}, 2)
	long := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {}\n\n")
		flush(w)
		select {
		case <-more:
		case <-r.Context().Done():
		}
		for i := 0; i < 2000 && r.Context().Err() == nil; i++ {
			_, _ = io.WriteString(w, "data: "+strings.Repeat("x", 8000)+"\n\n")
		}
		if r.Context().Err() == nil {
			_, _ = io.WriteString(w, "data: [DONE]\n\n")
		}
		ended <- struct{}{}
	}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, long, "tiny"))
	g.begin(10)
	g.alone()
	close(more)
	await.Done(t, "the server to end", ended)
	_, body := fetch(t, g.rest(0))
	if code, _ := errorOf(t, body[strings.LastIndex(body, `{"error"`):]); code != "answer_too_long" || len(body) > 5<<20 {
		t.Errorf("%d bytes, the end is %q", len(body), body[len(body)-200:])
	}
	// Whoever stays gets all of it.
	_, body = fetch(t, g.named())
	if len(body) < 2000*8000 || !strings.HasSuffix(body, "[DONE]\n\n") {
		t.Errorf("%d bytes for a client that stayed", len(body))
	}
	res, body := fetch(t, g.rest(0))
	refused(t, res, body, 404, "stream_not_found")
}

func TestSlowClientHoldsANamedAnswerBack(t *testing.T) {
	var sent atomic.Int64
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(streamHeader) != "" {
			t.Error("the server was told the name")
		}
		flood(&sent)(w, r)
	}, "tiny"))
	stuck(t, g, g.named(), &sent)
	await.True(t, "the server to stand still", func() bool {
		n := sent.Load()
		time.Sleep(200 * time.Millisecond)
		return n == sent.Load()
	})
}

// TestAnswerIsPickedUpBeforeItBegins lets the phone lose its connection while a model is loading.
func TestAnswerIsPickedUpBeforeItBegins(t *testing.T) {
	for _, removed := range []bool{false, true} {
		load, asked, ended := make(chan struct{}), make(chan struct{}, 1), make(chan struct{}, 1)
		g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			asked <- struct{}{}
			select {
			case <-load:
				jsonAnswer(`{"choices":[]}`)(w, r)
			case <-r.Context().Done():
				ended <- struct{}{}
			}
		}, "tiny"))
		ctx, leave := context.WithCancel(t.Context())
		gone := make(chan error)
		go func() {
			_, err := client.Do(g.named().WithContext(ctx))
			gone <- err
		}()
		await.Done(t, "the server to be asked", asked)
		leave()
		if <-gone == nil {
			t.Fatal("there was an answer already")
		}
		g.alone()
		go func() {
			for answer := g.shelf.Get(kept.Key{Device: "d1", Name: answerName}); answer.Clients() == 0; {
				time.Sleep(time.Millisecond)
			}
			if removed {
				g.Disconnect("d1", Removed)
				return
			}
			close(load)
		}()
		res, body := fetch(t, g.rest(0))
		if removed {
			refused(t, res, body, 401, "removed")
			await.Done(t, "the server to be told", ended)
		} else if res.StatusCode != 200 || body != `{"choices":[]}` || res.Header.Get("Content-Type") != "application/json" {
			t.Errorf("status %d: %s", res.StatusCode, body)
		}
	}
}

func TestFollowerOfAStuckClient(t *testing.T) {
	var sent atomic.Int64
	stop := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for sent.Load() < 450 { // less than is kept
			_, _ = io.WriteString(w, "data: "+strings.Repeat("x", 8000)+"\n\n")
			sent.Add(1)
		}
		flush(w)
		<-stop
		_, _ = io.WriteString(w, "data: [DONE]\n\n")
	}, "tiny"))
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := g.named().Write(conn); err != nil { // and nothing is ever read
		t.Fatal(err)
	}
	await.True(t, "the answer to begin", func() bool { return sent.Load() > 0 })
	close(stop)
	_, body := fetch(t, g.rest(0))
	if len(body) < 450*8000 || !strings.HasSuffix(body, "data: [DONE]\n\n") {
		t.Errorf("the follower got %d bytes", len(body))
	}
}

func TestNameOfARequestThatIsRefused(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, func(g *Gateway) { g.Spend = func(string, int) bool { return false } }, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	guestOf(g, catalog.Pass{Requests: 1})
	res, body := fetch(t, g.named())
	refused(t, res, body, 429, "pass_used_up")
	res, body = fetch(t, g.rest(0))
	refused(t, res, body, 404, "stream_not_found")
}
