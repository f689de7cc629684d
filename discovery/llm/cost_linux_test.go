package llm

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cpu is the time that this process has spent computing, in the kernel too.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What a scan costs on a machine with many sockets must not grow with them.
func TestScanWithManySockets(t *testing.T) {
	const many = 3000
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < many+200 {
		t.Skipf("this process may have only %d files open", limit.Cur)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range many / 2 {
		c, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		d, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
	}
	f := startFake(t, "ollama")
	s := anywhere([]int{f.port()}, []string{f.Listener.Addr().String(), l.Addr().String()})
	begin, before := time.Now(), cpu(t)
	got := s.Scan(t.Context())
	spent, took := cpu(t)-before, time.Since(begin)
	if len(got) != 1 {
		t.Errorf("found %v", describe(got))
	}
	t.Logf("a scan among %d sockets computes for %v and takes %v", many, spent, took)
	if spent > 2*time.Second { // ten times what is hoped for, on a busy machine
		t.Errorf("a scan among %d sockets computes for %v", many, spent)
	}
}

// TestLongList: a list of thousands of models is decoded once to know whose it is, though every row of
// the table looks into it, and not at all while it stays the same.
func TestLongList(t *testing.T) {
	entries := make([]string, maxModels)
	for i := range entries {
		entries[i] = fmt.Sprintf(`{"id":"m%d","object":"model","owned_by":"me","max_model_len":4096}`, i)
	}
	list := []byte(`{"object":"list","data":[` + strings.Join(entries, ",") + `]}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != modelsPath {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(list)
	}))
	defer server.Close()
	const times = 10
	once := costs(t, times, func() {
		if _, err := decodeOpenAI(answer{status: http.StatusOK, body: list}); err != nil {
			t.Fatal(err)
		}
	})
	base := mustParse(t, server.URL)
	first := costs(t, times, func() { mustLook(t, NewFollower(base)) })
	follower := NewFollower(base)
	mustLook(t, follower)
	again := costs(t, times, func() { mustLook(t, follower) })
	t.Logf("to decode the list costs %v, to know the server %v, to look again %v", once, first, again)
	if first > 8*once {
		t.Errorf("to know the server costs %v, to decode its list %v", first, once)
	}
	if again > once/3 {
		t.Errorf("to look again costs %v, to decode the list %v", again, once)
	}
}

// costs is what f computes for, each of so many times.
func costs(t *testing.T, times int, f func()) time.Duration {
	t.Helper()
	before := cpu(t)
	for range times {
		f()
	}
	return (cpu(t) - before) / time.Duration(times)
}

// What watching this machine, as it is, costs while nothing happens. IDLE=60s makes it as long.
func BenchmarkIdle(b *testing.B) {
	length := 10 * time.Second
	if text := os.Getenv("IDLE"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			b.Fatal(err)
		}
	}
	s := new(Scanner)
	for b.Loop() {
		ctx, cancel := context.WithTimeout(b.Context(), length)
		found := 0
		before := cpu(b)
		s.Watch(ctx, func(all []Server) { found = len(all) })
		spent := cpu(b) - before
		cancel()
		b.ReportMetric(100*float64(spent)/float64(length), "%core")
		b.ReportMetric(float64(found), "servers")
	}
}
