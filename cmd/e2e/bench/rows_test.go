package bench

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// row is something that is measured; it may give several values.
type row struct {
	name     string
	title    string
	values   []value
	rounds   int
	variants bool // the variants of beam are measured too
	fresh    bool // in a program that has just been started: what it takes of memory
	measure  func(c *column, server string) ([]float64, []error)
}

// value is a line of the table.
type value struct {
	name string
	goal string // for beam
}

var rows = []row{
	{"short", "short chat, one at a time", []value{
		{"proxy CPU µs a request", "<= 130 (100)"},
		{"wall p50 µs", "<= 1.7x (1.4x)"},
	}, 5, true, false, measureShort},
	{"atonce", "short chats, 32 at once", []value{{"requests/s", ">= 0.65x (0.8x)"}}, 5, true, false, measureAtOnce},
	{"paced", "50 paced streams", []value{
		{"first token p50 µs", "<= 1.3x (1.15x)"},
		{"first token p99 µs", "<= 1.3x (1.15x)"},
		{"chunk delay p50 µs", "<= 1.15x (1.0x)"},
		{"chunk delay p99 µs", "<= 1.15x (1.0x)"},
	}, 9, true, false, measurePaced},
	{"paced400", "400 paced streams", []value{
		{"chunk delay p99 µs", "<= 1.4x (1.15x)"},
		{"first token p99 ms", "<= 1.4x (1.15x)"},
	}, 5, false, false, measurePaced400},
	{"flood", "one flooding stream", []value{{"chunks/s", ">= 1.1x"}}, 9, true, false, measureFlood},
	{"open", "2,000 open streams", []value{
		{"KiB a stream", "<= 40 (24)"},
		{"peak RSS MiB", "<= 90 (60)"},
	}, 5, false, true, measureOpen},
	{"upload", "8 uploads of 20 MiB", []value{
		{"MB/s", ">= 2.3x"},
		{"growth MiB", "<= 4"},
	}, 5, false, true, measureUpload},
	{"loss", "20,000 chats answered early, 32 at once", []value{{"requests/s", "0 lost"}}, 5, true, false, measureLoss},
}

// run measures the columns in turns, because the machine's mood changes, and keeps the medians.
func (r row) run(b *testing.B, columns []*column, server string) {
	all := make(map[*column][][]float64) // by value, and round
	for round := range rounds(r.rounds) {
		for _, c := range columns {
			if c.base != nil && !r.variants {
				continue
			}
			if r.fresh {
				c.restart(b, server)
			}
			stopProfile := func() {}
			if round == 0 && c.name == "beam" {
				stopProfile = startProfile(b, c.program, r.name)
			}
			got, errs := r.measure(c, server)
			stopProfile()
			c.note(r.name, errs)
			if all[c] == nil {
				all[c] = make([][]float64, len(r.values))
			}
			for i, v := range got {
				all[c][i] = append(all[c][i], v)
			}
		}
	}
	for c, values := range all {
		for i, v := range values {
			c.values[r.key(i)] = percentile(v, 50)
		}
	}
}

// key is the name of a value among those of all rows.
func (r row) key(i int) string { return fmt.Sprintf("%s %d", r.name, i) }

// startProfile profiles beam where that is asked for, until what it returns is called.
func startProfile(b *testing.B, p *program, row string) (stop func()) {
	dir := os.Getenv("PPROF")
	if dir == "" || os.Getenv("BEAM") != "" {
		return func() {}
	}
	line := func() { _, _ = p.stdin.Write([]byte("\n")) }
	heap := filepath.Join(dir, "beam.heap")
	line()
	return func() {
		line()
		deadline := time.Now().Add(10 * time.Second)
		for _, err := os.Stat(heap); err != nil; _, err = os.Stat(heap) {
			if time.Now().After(deadline) {
				b.Fatalf("beam has written no profile: %v", err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		_ = os.Rename(heap, filepath.Join(dir, row+".allocs.pprof"))
		_ = os.Rename(filepath.Join(dir, "beam.cpu"), filepath.Join(dir, row+".cpu.pprof"))
	}
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func percentile(values []float64, p int) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return values[min(len(values)-1, len(values)*p/100)]
}
