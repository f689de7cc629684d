package llm

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// follow runs Watch until the test ends and hands out what it reports.
func follow(t *testing.T, s *Scanner) <-chan []Server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reports := make(chan []Server, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Watch(ctx, func(servers []Server) { reports <- servers })
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return reports
}

func none(servers []Server) bool { return len(servers) == 0 }

func one(name string) func([]Server) bool {
	return func(servers []Server) bool { return len(servers) == 1 && servers[0].Name == name }
}

// freeAddr is an address that an LLM server could have and that nothing listens at, nor at the same port of ::1. It is below the range
// that the kernel gives away, so that it stays free until the test wants it.
func freeAddr(t *testing.T) netip.AddrPort {
	t.Helper()
	for range 100 {
		four := netip.AddrPortFrom(loopback[0], uint16(20000+rand.IntN(12000)))
		if !slices.Contains(otherPorts, int(four.Port())) && listens(four) && listens(twin(four)) {
			return four
		}
	}
	t.Fatal("found no free port")
	return netip.AddrPort{}
}

// listens tries whether a server could listen there.
func listens(addr netip.AddrPort) bool {
	l, err := net.Listen("tcp", addr.String())
	if err == nil {
		_ = l.Close()
	}
	return err == nil
}

func TestWatchFollowsServers(t *testing.T) {
	for name, system := range map[string]func(*Scanner) *Scanner{
		"by its sockets": func(s *Scanner) *Scanner { return s },
		"by knocking":    blind,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			followsServers(t, system)
		})
	}
}

func followsServers(t *testing.T, system func(*Scanner) *Scanner) {
	addr := freeAddr(t)
	reports := follow(t, system(at(map[string][]int{"Ollama": {int(addr.Port())}})))
	await.Value(t, "the first report, of nothing", reports, none)

	f := startFakeAt(t, "ollama", addr.String())
	await.Value(t, "the start", reports, one("Ollama"))

	f.set(func() { f.answers["/api/tags"] = fakeAnswer{Body: json.RawMessage(`{"models":[{"name":"new:1b"}]}`)} })
	await.Value(t, "the new model", reports, func(s []Server) bool {
		return one("Ollama")(s) && slices.EqualFunc(s[0].Models, []Model{{ID: "new:1b"}}, Model.equal)
	})

	f.Close()
	await.Value(t, "the stop", reports, none)

	startFakeAt(t, "lmstudio", addr.String())
	await.Value(t, "another server at the same port", reports, one("LM Studio"))
}

func TestWatchSeesWhoTakesAPort(t *testing.T) {
	await.Long(t)
	t.Parallel()
	addr := freeAddr(t)
	f := startFakeAt(t, "ollama", addr.String())
	reports := follow(t, at(map[string][]int{"Ollama": {int(addr.Port())}}))
	await.Value(t, "the server", reports, one("Ollama"))
	// Between two knocks: the port is never seen closed.
	other := startFake(t, "lmstudio")
	f.set(func() { f.answers = other.answers })
	await.Value(t, "the other server", reports, one("LM Studio"))
}

func TestWatchKeepsABusyServer(t *testing.T) {
	await.Long(t)
	t.Parallel()
	f := startFake(t, "ollama")
	s := at(map[string][]int{"Ollama": {f.port()}})
	s.replaced.patience = 0
	reports := follow(t, s)
	await.Value(t, "the server", reports, one("Ollama"))
	hold := make(chan struct{})
	asked := len(f.requests())
	f.set(func() { f.hold = hold })
	// Two more questions: the answer to the first has been given up by then.
	for len(f.requests()) < asked+2 {
		select {
		case servers := <-reports:
			t.Fatalf("reported %v of a busy server", describe(servers))
		case <-time.After(20 * time.Millisecond):
		}
	}
	close(hold)
	f.Close()
	await.Value(t, "the stop", reports, none)
}

func TestWatchWaitsForLoadingModel(t *testing.T) {
	t.Parallel()
	f := startFake(t, "llamacpp-loading")
	reports := follow(t, at(map[string][]int{"llama.cpp": {f.port()}}))
	await.Value(t, "the server", reports, func(s []Server) bool { return one("llama.cpp")(s) && len(s[0].Models) == 0 })
	loaded := startFake(t, "llamacpp")
	f.set(func() { f.answers = loaded.answers })
	await.Value(t, "its model", reports, func(s []Server) bool { return one("llama.cpp")(s) && len(s[0].Models) == 1 })
}

// A server that opens its port before it can answer is found once it can.
func TestWatchComesBackToSlowStarters(t *testing.T) {
	t.Parallel()
	f := startFake(t, "decoy-webapp")
	reports := follow(t, at(map[string][]int{"Ollama": {f.port()}}))
	await.Value(t, "the first report", reports, none)
	// On a busy machine that report does not wait for the visit. Half of what it hears must not be of one server
	// and half of another.
	await.True(t, "the visit", func() bool { return len(f.requests()) >= 2 })
	ready := startFake(t, "ollama")
	f.set(func() { f.answers = ready.answers })
	await.Value(t, "the server", reports, one("Ollama"))
}

// A server must not get a wrong name for being busy when it is asked who it is; one that never
// answers some question is taken for what it shows.
func TestWatchAsksAgainWhenUnsure(t *testing.T) {
	await.Long(t)
	t.Parallel()
	busy, f := make(chan struct{}), startFake(t, "xinference")
	slow := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/localai.json" {
			select {
			case <-busy:
			case <-r.Context().Done():
				return
			}
		}
		f.ServeHTTP(w, r)
	}), "127.0.0.1:0")
	s := at(map[string][]int{"": {port(slow)}})
	s.replaced.patience = 0
	reports := follow(t, s)
	await.Value(t, "the first report", reports, none)
	close(busy)
	await.Value(t, "the server", reports, func(s []Server) bool {
		if len(s) == 1 && s[0].Name != "Xinference" {
			t.Errorf("it was called %s", s[0].Name)
		}
		return one("Xinference")(s)
	})

	stubborn := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/localai.json" {
			panic(http.ErrAbortHandler)
		}
		f.ServeHTTP(w, r)
	}), "127.0.0.1:0")
	await.Value(t, "a server that hangs up", follow(t, at(map[string][]int{"": {port(stubborn)}})), one("OpenAI-compatible server"))
}

func TestWatchDoesNotWaitForHangingPorts(t *testing.T) {
	t.Parallel()
	hangs := listenRaw(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1<<20)); _, _ = c.Read(make([]byte, 1)) })
	addr := freeAddr(t)
	reports := follow(t, at(map[string][]int{"Ollama": {int(addr.Port()), hangs}}))
	await.Value(t, "the first report", reports, none)
	startFakeAt(t, "ollama", addr.String())
	await.Value(t, "the server", reports, one("Ollama"))
}

func TestWatchPrefersIPv4(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	six := startFakeAt(t, "ollama", twin(addr).String())
	reports := follow(t, at(map[string][]int{"Ollama": {six.port()}}))
	is := func(url string) func([]Server) bool {
		return func(s []Server) bool { return one("Ollama")(s) && s[0].URL.String() == url }
	}
	await.Value(t, "the server on ::1", reports, is(six.URL))
	four := startFakeAt(t, "ollama", addr.String())
	await.Value(t, "the server on both", reports, is(four.URL))
	four.Close()
	await.Value(t, "the server on ::1 again", reports, is(six.URL))
}

func TestWatchUsesKeys(t *testing.T) {
	await.Long(t)
	t.Parallel()
	f := startFake(t, "generic")
	f.key = "secret"
	s := at(map[string][]int{"": {f.port()}})
	keys := make(chan string, 1)
	keys <- ""
	s.Key = func(Server) string { // the key becomes known while Watch runs
		k := <-keys
		keys <- k
		return k
	}
	reports := follow(t, s)
	await.Value(t, "the server", reports, func(s []Server) bool { return len(s) == 1 && s[0].NeedsKey })
	<-keys
	keys <- "secret"
	await.Value(t, "its models", reports, func(s []Server) bool { return len(s) == 1 && !s[0].NeedsKey && len(s[0].Models) == 2 })
}

// What a second of watching costs when there is nothing to see: b.N rounds, as fast as they go.
func BenchmarkIdleRound(b *testing.B) {
	w := new(Scanner).newWatch(nil)
	for b.Loop() {
		w.look(b.Context())
	}
}
