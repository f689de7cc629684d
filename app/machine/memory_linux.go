package machine

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
)

func memory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer f.Close()
	return memTotal(f)
}

// memTotal reads what proc_meminfo(5) calls MemTotal, which is in KiB.
func memTotal(r io.Reader) int64 {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) < 2 || words[0] != "MemTotal:" {
			continue
		}
		if n, err := strconv.ParseInt(words[1], 10, 53); err == nil && n > 0 {
			return n << 10
		}
	}
	return 0
}
