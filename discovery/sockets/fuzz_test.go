package sockets

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// FuzzLsof reads what lsof could print: whatever that is, what comes out answers on loopback, and says the
// same when it is written down and read again.
func FuzzLsof(f *testing.F) {
	for _, text := range []string{
		"p4242\nn127.0.0.1:8080\nn*:11434\nf12\nn[::1]:1\np7\nn[::]:65535\n", "n127.0.0.1:1", "p\nn*:", "p-1\nn[fe80::1%lo]:22\n",
		"p1\nn10.0.0.1:80\n", "p99999999999999999999\nn0.0.0.0:0\n", "n\n\n\np1\r\nn*:80\r\n", "n[::ffff:127.0.0.1]:5",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, out []byte) {
		all := parseLsof(out)
		var again strings.Builder
		for _, s := range all {
			if !slices.Contains(Loopback[:], s.Addr.Addr()) {
				t.Errorf("%v is not on loopback", s.Addr)
			}
			fmt.Fprintf(&again, "p%d\nn%s\n", s.PID, s.Addr)
		}
		if got := parseLsof([]byte(again.String())); !slices.Equal(got, all) {
			t.Errorf("%q are %v, but written down %v", out, all, got)
		}
	})
}
