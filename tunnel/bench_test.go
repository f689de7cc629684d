package tunnel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// BenchmarkGateway puts the gateway beside the direct call and a plain
// [net/http/httputil.ReverseProxy] with the same check of the key, in one run:
//
//	go test -run '^$' -bench Gateway -benchtime 1x ./tunnel
//
// Server and proxies are processes of their own, so that CPU and memory are theirs alone.
// Proportions hold; the values depend on the machine and on what else runs on it.
func BenchmarkGateway(b *testing.B) {
	server := startBenchProcess(b, roleServer, "")
	candidates := []*candidate{
		{name: "direct", process: server},
		{name: "plain ReverseProxy", process: startBenchProcess(b, rolePlain, server.url)},
		{name: "gateway", process: startBenchProcess(b, roleGateway, server.url)},
	}
	for range b.N {
		for _, f := range figures {
			f.run(b, candidates)
		}
		printTable(b, candidates)
	}
	if lost := candidates[2].lost; lost.count > 0 {
		b.Errorf("the gateway lost %d requests: %v", lost.count, lost.first)
	}
}

// candidate is a way to reach the server.
type candidate struct {
	name    string
	process *benchProcess
	results []float64
	lost    losses
}

// figure is something that is measured; it may give several values.
type figure struct {
	names   []string
	rounds  int // the median of so many is shown
	measure func(*testing.B, *candidate) []float64
}

// run measures the candidates in turns, because the machine's mood changes.
func (f figure) run(b *testing.B, candidates []*candidate) {
	rounds := make([][][]float64, len(candidates)) // by candidate, value and round
	for range f.rounds {
		for i, c := range candidates {
			values := f.measure(b, c)
			if rounds[i] == nil {
				rounds[i] = make([][]float64, len(values))
			}
			for j, v := range values {
				rounds[i][j] = append(rounds[i][j], v)
			}
		}
	}
	for i, c := range candidates {
		for _, values := range rounds[i] {
			c.results = append(c.results, percentile(values, 50))
		}
	}
}

var figures = []figure{
	// Memory first: later the processes have kept some from what they did before.
	{[]string{"20 MiB upload: RSS growth MiB", "8 at once: RSS growth MiB"}, 1, measureUpload},
	{[]string{"20 MiB upload: ms", "8 at once: ms"}, 5, measureUploadTime},
	{[]string{"KiB of memory per open stream"}, 1, measureOpen},
	{[]string{"first token p50 µs", "first token p99 µs", "proxy CPU µs/request"}, 3, measureShort},
	{[]string{"50 streams: first token p50 µs", "p99 µs", "chunk delay p50 µs", "chunk delay p99 µs"}, 5, measurePaced},
	{[]string{"one flooding stream: chunks/s"}, 3, measureFlood},
	{[]string{"lost of 20,000 chats, 32 at once", "requests/s"}, 1, measureLoss},
}

func printTable(b *testing.B, candidates []*candidate) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprint(w, "\nfigure\t")
	for _, c := range candidates {
		fmt.Fprintf(w, "%s\t", c.name)
	}
	row := 0
	for _, f := range figures {
		for _, name := range f.names {
			fmt.Fprintf(w, "\n%s\t", name)
			for _, c := range candidates {
				fmt.Fprintf(w, "%s\t", number(c.results[row]))
			}
			last := candidates[len(candidates)-1].results[row]
			if !math.IsNaN(last) {
				b.ReportMetric(last, strings.ReplaceAll(name, " ", "_"))
			}
			row++
		}
	}
	fmt.Fprintln(w)
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// post sends a request that the mock server understands by its model.
func (c *candidate) post(rt http.RoundTripper, model string, body io.Reader, size int64) (*http.Response, error) {
	if body == nil {
		body = strings.NewReader(chat(model))
		size = int64(len(chat(model)))
	}
	req, err := http.NewRequest(http.MethodPost, c.process.url+"/v1/chat/completions", body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = size
	req.Header.Set("Authorization", "Bearer "+testKey)
	req.Header.Set(modeHeader, model)
	req.Header.Set("Content-Type", "application/json")
	return rt.RoundTrip(req)
}

func measureShort(b *testing.B, c *candidate) []float64 {
	const n = 1500
	rt := &http.Transport{DisableCompression: true}
	defer rt.CloseIdleConnections()
	var first []float64
	var before float64
	for i := range n + 200 {
		if i == 200 { // warm
			before = c.process.cpu()
		}
		began := time.Now()
		res, err := c.post(rt, modeQuick, nil, 0)
		if err != nil {
			continue // losses are counted elsewhere
		}
		answer := bufio.NewReader(res.Body)
		if _, err := answer.ReadString('\n'); err == nil && i >= 200 {
			first = append(first, micros(time.Since(began)))
		}
		_, _ = io.Copy(io.Discard, answer)
		res.Body.Close()
	}
	cpu := (c.process.cpu() - before) * 1e6 / n
	if c.name == "direct" {
		cpu = 0 // what the server itself takes is not what a proxy adds
	}
	return []float64{percentile(first, 50), percentile(first, 99), cpu}
}

func measurePaced(b *testing.B, c *candidate) []float64 {
	const streams = 50
	rt := &http.Transport{DisableCompression: true}
	defer rt.CloseIdleConnections()
	var mu sync.Mutex
	var first, delays []float64
	var all sync.WaitGroup
	for range streams {
		all.Go(func() {
			began := time.Now()
			res, err := c.post(rt, modePaced, nil, 0)
			if err != nil {
				return
			}
			defer res.Body.Close()
			var mine []float64
			for lines := bufio.NewScanner(res.Body); lines.Scan(); {
				now := time.Now()
				if sent, ok := sentAt(lines.Text()); ok {
					if mine == nil {
						mu.Lock()
						first = append(first, micros(now.Sub(began)))
						mu.Unlock()
					}
					mine = append(mine, micros(now.Sub(sent)))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			delays = append(delays, mine...)
		})
		time.Sleep(3 * time.Millisecond) // people do not press Send in the same instant
	}
	all.Wait()
	return []float64{percentile(first, 50), percentile(first, 99), percentile(delays, 50), percentile(delays, 99)}
}

func measureFlood(b *testing.B, c *candidate) []float64 {
	rt := &http.Transport{DisableCompression: true}
	defer rt.CloseIdleConnections()
	began := time.Now()
	res, err := c.post(rt, modeFlood, nil, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	n := 0
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data:") {
			n++
		}
	}
	return []float64{float64(n) / time.Since(began).Seconds()}
}

func measureOpen(b *testing.B, c *candidate) []float64 {
	const streams = 500
	rt := &http.Transport{DisableCompression: true}
	defer rt.CloseIdleConnections()
	before := c.process.rss()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	for range streams {
		res, err := c.post(rt, modeHold, nil, 0)
		if err != nil {
			b.Fatal(err)
		}
		context.AfterFunc(ctx, func() { res.Body.Close() })
		if _, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil {
			b.Fatal(err)
		}
	}
	return []float64{(c.process.rss() - before) / streams / 1024}
}

func measureLoss(b *testing.B, c *candidate) []float64 {
	const total = 20_000
	began := time.Now()
	lost := hammer(b.Context(), c.process.url, total, 32)
	c.lost = lost
	if lost.count > 0 {
		b.Logf("%s lost %d, the first by: %v", c.name, lost.count, lost.first)
	}
	return []float64{float64(lost.count), total / time.Since(began).Seconds()}
}

func measureUpload(b *testing.B, c *candidate) []float64 {
	rt := &http.Transport{DisableCompression: true}
	defer rt.CloseIdleConnections()
	return []float64{c.upload(b, rt, 1), c.upload(b, rt, 8)}
}

func measureUploadTime(b *testing.B, c *candidate) []float64 {
	rt := &http.Transport{DisableCompression: true}
	defer rt.CloseIdleConnections()
	var times []float64
	for _, atOnce := range []int{1, 8} {
		began := time.Now()
		c.upload(b, rt, atOnce)
		times = append(times, micros(time.Since(began))/1000)
	}
	return times
}

// upload returns by how many MiB the resident memory was at most above what it was before.
func (c *candidate) upload(b *testing.B, rt http.RoundTripper, atOnce int) float64 {
	const size = 20 << 20
	const head = `{"model":"sink","image":"`
	before := c.process.resetPeak()
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			body := io.MultiReader(strings.NewReader(head), io.LimitReader(letters{}, size), strings.NewReader(`"}`))
			res, err := c.post(rt, modeSink, io.NopCloser(body), int64(len(head)+size+2))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		})
	}
	all.Wait()
	return (c.process.peak() - before) / (1 << 20)
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func percentile(values []float64, p int) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return values[min(len(values)-1, len(values)*p/100)]
}
