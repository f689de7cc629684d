package bench

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkProxies measures everything in turns and prints one table. What it is told in the environment:
//
//	ONLY=short,flood     these rows alone, and
//	PROXIES=nginx,beam   these columns
//	ROUNDS=9             the median of so many rounds, instead of each row's own number
//	BEAM=PATH            a beam that is built already
//	BEAM2=PATH           another one, beside it in columns of its own: beam2, guest2 and so on
//	PPROF=FOLDER         where profiles of beam go, for each row and column
func BenchmarkProxies(b *testing.B) {
	server, err := startRole(roleServer, "")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.stop)
	columns := startColumns(b, server.address)
	rows := chosen(rows, "ONLY", func(r row) string { return r.name })
	for range b.N {
		for _, r := range rows {
			r.run(b, columns, server.address)
		}
		printTable(os.Stdout, rows, columns)
	}
	b.ReportMetric(0, "ns/op") // says nothing here
	for _, c := range columns {
		if c.beam && c.lost() > 0 {
			b.Errorf("%s lost %d answers, the first by: %v", c.name, c.lost(), c.firstLoss)
		}
	}
}

// chosen returns those whose names the variable lists: all without it.
func chosen[T any](all []T, variable string, name func(T) string) []T {
	names := os.Getenv(variable)
	if names == "" {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(t T) bool {
		return !slices.Contains(strings.Split(names, ","), name(t))
	})
}

// rounds is how many are made where there would be so many.
func rounds(usual int) int {
	if n, err := strconv.Atoi(os.Getenv("ROUNDS")); err == nil && n > 0 {
		return n
	}
	return usual
}
