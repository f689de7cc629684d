package sockets

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// TestFindByArguments looks for a process by the port that it was started with, as llama-swap and
// Ollama start their engines.
func TestFindByArguments(t *testing.T) {
	us := Account{UID: uint32(os.Geteuid()), Known: true}
	const port = 54871
	for _, tt := range []struct {
		args []string
		of   Account
		want bool
	}{
		{[]string{"--port", strconv.Itoa(port)}, us, true},
		{[]string{fmt.Sprintf("--port=%d", port)}, us, true},
		{[]string{fmt.Sprintf("127.0.0.1:%d", port)}, us, true},
		{[]string{fmt.Sprintf("1%d", port)}, us, false},
		{[]string{fmt.Sprintf("%d0", port)}, us, false},
		{[]string{fmt.Sprintf("run --port %d", port)}, us, false}, // a shell's command line
		{[]string{"--port", strconv.Itoa(port)}, Account{UID: us.UID + 1, Known: true}, false},
		{[]string{"--port", strconv.Itoa(port)}, Account{}, false},
	} {
		// What follows "--" is for nobody but the reader of the command line.
		cmd := exec.Command("sh", append([]string{"-c", "read x", "--"}, tt.args...)...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all := []Socket{{Addr: netip.AddrPortFrom(Loopback[0], port), Account: tt.of}}
		findByArguments(all)
		if got := all[0].PID == cmd.Process.Pid; got != tt.want {
			t.Errorf("%q of %v: process %d, want %d: %v", tt.args, tt.of, all[0].PID, cmd.Process.Pid, tt.want)
		}
		_ = in.Close()
		_ = cmd.Wait()
	}
}
