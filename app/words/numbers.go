package words

import (
	"strconv"
	"strings"
)

// exactBelow is where a number gets too long to be read at a glance.
const exactBelow = 10_000

// grouped writes n with a comma between thousands, as both our languages do.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Compact writes n in few characters: 9,870 and 12.3 K and 1.2 M.
func Compact(n int) string {
	if n < exactBelow {
		return grouped(n)
	}
	// Chinese counts in ten thousands, so a language says what its units are.
	units := strings.Fields(L("1000 K 1000000 M 1000000000 B"))
	size, name := 1, ""
	for i := 0; i+1 < len(units); i += 2 {
		unit, err := strconv.Atoi(units[i])
		if err != nil || n < unit {
			break
		}
		size, name = unit, units[i+1]
	}
	return tenths(n, size) + " " + name
}

// tenths is n in units of size, with one decimal place while that says something. It rounds down:
// 999,999 is not a million.
func tenths(n, size int) string {
	whole, rest := n/size, n%size/max(size/10, 1)
	if whole >= 100 || rest == 0 {
		return grouped(whole)
	}
	return grouped(whole) + "." + strconv.Itoa(rest)
}

// Tokens counts them in words.
func Tokens(n int) string {
	if n == 1 {
		return L("1 token")
	}
	return L("{{.Count}} tokens", Values{"Count": grouped(n)})
}

// Requests counts them in words.
func Requests(n int) string {
	if n == 1 {
		return L("1 request")
	}
	return L("{{.Count}} requests", Values{"Count": grouped(n)})
}
