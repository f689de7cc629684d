package llm

import (
	"context"
	"net"
	"os"
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
