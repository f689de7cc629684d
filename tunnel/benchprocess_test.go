package tunnel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// The benchmark's parts run as processes of this test binary.
const (
	roleVariable = "MODELBEAM_BENCH_ROLE"
	roleServer   = "server"
	rolePlain    = "plain"
	roleGateway  = "gateway"
)

// What the mock server does is told by the model's name, and by a header with the same.
const (
	modeHeader = "X-Mode"

	modeQuick = "tiny"
	modePaced = "paced"
	modeFlood = "flood"
	modeHold  = "hold"
	modeSink  = "sink"
)

type benchProcess struct {
	url string
	pid int
}

// startBenchProcess starts a part; it ends when the benchmark does.
func startBenchProcess(b *testing.B, role, server string) *benchProcess {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self, server)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close() // the part's sign to end
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatalf("start %s: %v", role, err)
	}
	return &benchProcess{url: "http://" + strings.TrimSpace(address), pid: cmd.Process.Pid}
}

// runBenchProcess is main of a part. It reports false in the tests themselves.
func runBenchProcess() bool {
	role := os.Getenv(roleVariable)
	if role == "" {
		return false
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return true
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
		_ = l.Close()
	}()
	fmt.Println(l.Addr())
	switch role {
	case roleServer:
		_ = http.Serve(l, http.HandlerFunc(mockServer))
	case rolePlain:
		_ = http.Serve(l, plainProxy(os.Args[1]))
	case roleGateway:
		_ = benchGateway(os.Args[1]).Serve(ctx, l)
	}
	return true
}

// plainProxy is what one would write first: it checks the key and passes on.
func plainProxy(server string) http.Handler {
	target, _ := url.Parse(server)
	keys := newKeyring()
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := keys.Device(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")); !ok {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

func benchGateway(server string) *Gateway {
	target, _ := url.Parse(server)
	g := &Gateway{Keys: newKeyring(), Observe: func(Exchange) {}}
	s := catalog.Server{ID: "mock", Name: "Mock", URL: target, Dialects: dialect.OpenAI}
	for _, mode := range []string{modeQuick, modePaced, modeFlood, modeHold, modeSink} {
		s.Models = append(s.Models, catalog.Model{ID: mode})
	}
	g.SetServers([]catalog.Server{s})
	return g
}

func mockServer(w http.ResponseWriter, r *http.Request) {
	mode := r.Header.Get(modeHeader) // not from the body: a quick server answers before that is there
	w.Header().Set("Content-Type", "text/event-stream")
	switch mode {
	case modePaced:
		mockPaced(w)
	case modeFlood:
		for range 200_000 {
			_, _ = io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\"token\"}}]}\n\n")
			flush(w)
		}
	case modeHold:
		_, _ = io.WriteString(w, "data: {}\n\n")
		flush(w)
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	case modeSink:
		_, _ = io.Copy(io.Discard, r.Body)
	default:
		quickChat(w, r)
	}
}

func mockPaced(w http.ResponseWriter) {
	const tokens, pace = 60, 20 * time.Millisecond
	for range tokens {
		fmt.Fprintf(w, "data: %d\n\n", time.Now().UnixNano())
		flush(w)
		time.Sleep(pace)
	}
}

// sentAt reads the time that the paced server put into an event.
func sentAt(line string) (time.Time, bool) {
	text, ok := strings.CutPrefix(line, "data: ")
	n, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(0, n), ok && err == nil
}

// cpu returns the seconds of CPU that the process has used; NaN where there is no /proc.
func (p *benchProcess) cpu() float64 {
	const ticks = 100 // sysconf(_SC_CLK_TCK) of every Linux that Go runs on
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		return math.NaN()
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / ticks
}

func (p *benchProcess) rss() float64  { return p.status("VmRSS:") }
func (p *benchProcess) peak() float64 { return p.status("VmHWM:") }

// resetPeak makes peak start anew and returns the memory in use.
func (p *benchProcess) resetPeak() float64 {
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.pid), []byte("5"), 0); err != nil {
		return math.NaN()
	}
	return p.rss()
}

// status reads a field of /proc/<pid>/status, in bytes.
func (p *benchProcess) status(field string) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		return math.NaN()
	}
	_, after, _ := strings.Cut(string(status), field)
	words := strings.Fields(after)
	if len(words) == 0 {
		return math.NaN()
	}
	n, err := strconv.ParseFloat(words[0], 64)
	if err != nil {
		return math.NaN()
	}
	return n * 1024
}
