package words

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// exactBelow is where a number gets too long to be read at a glance.
const exactBelow = 10_000

// Compact writes n in few characters: 9,870 and 12.3 K and 1.2 M.
func Compact(n int) string {
	if n < exactBelow {
		return grouped(n)
	}
	// Chinese counts in ten thousands, so a language says what its units are. No-break spaces keep them beside
	// their number, in this and in what follows.
	size, name := 1, ""
	for unit := range strings.SplitSeq(L("1000:\u00a0K 1000000:\u00a0M 1000000000:\u00a0B"), " ") {
		least, sign, _ := strings.Cut(unit, ":")
		if least, err := strconv.Atoi(least); err == nil && n >= least {
			size, name = least, sign
		}
	}
	return tenths(n, size) + name
}

// grouped writes n as the language does: 1,234 or 1.234.
func grouped(n int) string { return speaking().locale.number(float64(n), 0) }

// tenths is n in units of size, with one decimal place while that says something. It rounds down:
// 999,999 is not a million.
func tenths(n, size int) string {
	whole, rest := n/size, n%size/max(size/10, 1)
	if whole >= 100 {
		rest = 0
	}
	return speaking().locale.number(float64(whole)+float64(rest)/10, 1)
}

// Percent writes a fraction of 1 in percent. It rounds down: what is not over is not at 100.
func Percent(fraction float64) string {
	return speaking().locale.percent(math.Floor(min(max(fraction, 0), 1)*100) / 100)
}

// Tokens counts them in words.
func Tokens(n int) string { return L("{{.Count}} tokens", Values{count: n}) }

// Requests counts them in words.
func Requests(n int) string { return L("{{.Count}} requests", Values{count: n}) }

// Bytes says a size on a disk or of a download in units of 1000: 4.7 GB.
func Bytes(n int64) string {
	size := int(max(n, 0))
	switch {
	case size >= 1e9:
		return L("{{.Size}}\u00a0GB", Values{"Size": tenths(size, 1e9)})
	case size >= 1e6:
		return L("{{.Size}}\u00a0MB", Values{"Size": tenths(size, 1e6)})
	}
	return L("{{.Size}}\u00a0KB", Values{"Size": tenths(size, 1e3)})
}

// Speed says how many bytes come in a second.
func Speed(n int64) string { return L("{{.Size}}/s", Values{"Size": Bytes(n)}) }

// Left says how long something still takes, in one unit and never 0: 4 minutes left.
func Left(d time.Duration) string {
	switch d = max(d, time.Second); {
	case d < time.Minute:
		return L("{{.Count}} seconds left", Values{count: roundUp(d, time.Second)})
	case d < time.Hour:
		return L("{{.Count}} minutes left", Values{count: roundUp(d, time.Minute)})
	}
	return L("{{.Count}} hours left", Values{count: roundUp(d, time.Hour)})
}

func roundUp(d, unit time.Duration) int { return int((d + unit - 1) / unit) }
