// Package bench measures Modelbeam beside what else one could put in front of an LLM server, in one run:
//
//	make bench
//
// Proportions hold; the values depend on the machine, and on what else runs on it.
package bench

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"

	"modelbeam/cmd/e2e/load"
)

// The programs that this binary is itself, beside the tests.
const (
	roleVariable   = "MODELBEAM_BENCH_ROLE"
	serverVariable = "MODELBEAM_BENCH_SERVER" // where the server is that is asked
	roleServer     = "server"
	roleRelay      = "relay"
	rolePlain      = "plain"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := play(role, os.Getenv(serverVariable)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// play is main of such a program. It says where it is, and ends with its standard input.
func play(role, server string) error {
	if role == roleServer {
		runtime.GOMAXPROCS(1) // it has little to compute, and waking a second thread costs more
		s, err := load.Start(nil)
		if err != nil {
			return err
		}
		fmt.Println(s.Address())
		_, _ = io.Copy(io.Discard, os.Stdin)
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = l.Close()
	}()
	if role == roleRelay {
		relay(l, server)
		return nil
	}
	_ = http.Serve(l, plainProxy(server))
	return nil
}
