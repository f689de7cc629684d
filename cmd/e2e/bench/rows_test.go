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
	name, title string
	values      []value
	rounds      int  // the median of so many is shown
	variants    bool // the variants of beam are measured too
	fresh       bool // in a program that has just been started: what it takes of memory
	measure     func(c *column, server string) (values []float64, errs []error)
}

// value is a line of the table.
type value struct {
	name string
	goal string // for beam
}

var rows = []row{
	{name: "short", title: "short chat, one at a time", rounds: 5, variants: true, measure: measureShort, values: []value{
		{"proxy CPU µs a request", "<= 130 (100)"},
		{"wall p50 µs", "<= 1.7x (1.4x)"},
	}},
	{name: "atonce", title: "short chats, 32 at once", rounds: 5, variants: true, measure: measureAtOnce, values: []value{
		{"requests/s", ">= 0.65x (0.8x)"},
	}},
	{name: "paced", title: "50 paced streams", rounds: 9, variants: true, measure: measurePaced, values: []value{
		{"first token p50 µs", "<= 1.3x (1.15x)"},
		{"first token p99 µs", "<= 1.3x (1.15x)"},
		{"chunk delay p50 µs", "<= 1.15x (1.0x)"},
		{"chunk delay p99 µs", "<= 1.15x (1.0x)"},
	}},
	{name: "paced400", title: "400 paced streams", rounds: 5, measure: measurePaced400, values: []value{
		{"chunk delay p99 µs", "<= 1.4x (1.15x)"},
		{"first token p99 ms", "<= 1.4x (1.15x)"},
	}},
	{name: "flood", title: "one flooding stream", rounds: 9, variants: true, measure: measureFlood, values: []value{
		{"chunks/s", ">= 1.1x"},
	}},
	{name: "open", title: "2,000 open streams", rounds: 5, fresh: true, measure: measureOpen, values: []value{
		{"KiB a stream", "<= 40 (24)"},
		{"peak RSS MiB", "<= 90 (60)"},
	}},
	{name: "upload", title: "8 uploads of 20 MiB", rounds: 5, fresh: true, measure: measureUpload, values: []value{
		{"MB/s", ">= 2.3x"},
		{"growth MiB", "<= 4"},
	}},
	{name: "loss", title: "20,000 chats answered early, 32 at once", rounds: 5, variants: true, measure: measureLoss, values: []value{
		{"requests/s", "0 lost"},
	}},
}

// run measures the columns in turns, because the machine's mood changes, and keeps the medians.
func (r row) run(b *testing.B, columns []*column, server string) {
	all := make(map[*column][][]float64) // by value, and round
	for round := range rounds(r.rounds) {
		for _, c := range columns {
			if c.base != nil && !r.variants {
				continue
			}
			if all[c] == nil {
				all[c] = make([][]float64, len(r.values))
			}
			for i, v := range r.round(b, c, server, round == 0) {
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

// round measures a column once, and profiles beam and its variants in the first of all rounds.
func (r row) round(b *testing.B, c *column, server string, isFirst bool) []float64 {
	if r.fresh {
		c.restart(b, server)
	}
	if isFirst && c.host().name == "beam" {
		defer startProfile(b, c.host().program, r.name+"."+c.name)()
	}
	values, errs := r.measure(c, server)
	c.note(r.name, errs)
	return values
}

// key is the name of a value among those of all rows.
func (r row) key(i int) string { return fmt.Sprintf("%s %d", r.name, i) }

// startProfile profiles beam where that is asked for, until what it returns is called.
func startProfile(b *testing.B, p *program, name string) (stop func()) {
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
		_ = os.Rename(heap, filepath.Join(dir, name+".allocs.pprof"))
		_ = os.Rename(filepath.Join(dir, "beam.cpu"), filepath.Join(dir, name+".cpu.pprof"))
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
