package sockets

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// FuzzSocket reads messages of the kernel, of whatever release: what comes out answers on loopback.
func FuzzSocket(f *testing.F) {
	message := func(family byte, addr []byte, attributes ...byte) []byte {
		b := make([]byte, messageSize)
		b[0] = family
		copy(b[messageAddr:], addr)
		binary.BigEndian.PutUint16(b[messagePort:], 11434)
		return append(b, attributes...)
	}
	only := []byte{5, 0, attributeOnly, 0, 1, 0, 0, 0}
	f.Add(message(unix.AF_INET, []byte{127, 0, 0, 1}))
	f.Add(message(unix.AF_INET, []byte{192, 168, 1, 20}))
	f.Add(message(unix.AF_INET6, nil, only...))
	f.Add(message(unix.AF_INET6, Loopback[1].AsSlice(), 4, 0, 9, 0, 0, 0))
	f.Add(message(unix.AF_INET6, nil, 3, 0))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, ok := parseSocket(b); ok && !slices.Contains(Loopback[:], s.Addr.Addr()) {
			t.Errorf("%v is not on loopback", s.Addr)
		}
		if errnoOf(b) == nil {
			t.Error("an error is none")
		}
	})
}

// FuzzStat reads /proc/PID/stat, in which a program chooses its name: that comes out as it is.
func FuzzStat(f *testing.F) {
	for _, name := range []string{"ollama", "a) R 1 (b", "", "\n", "((", "))"} {
		f.Add([]byte(name), 4242)
	}
	f.Fuzz(func(t *testing.T, name []byte, parent int) {
		p, ok := parseStat(fmt.Appendf(nil, "7 (%s) S %d 7 7 0 -1", name, parent))
		if !ok || p.Name != string(name) || p.Parent != parent {
			t.Errorf("the child of %d called %q is %+v, %v", parent, name, p, ok)
		}
		parseStat(name)
	})
}

// FuzzArguments reads /proc/PID/cmdline: a port that is named stands in it, and not in the program's own name alone.
func FuzzArguments(f *testing.F) {
	f.Add([]byte("llama-server\x00--port\x005800\x00"), uint16(5800))
	f.Add([]byte("x\x00--port=15800\x00"), uint16(5800))
	f.Add([]byte("127.0.0.1:5800\x00"), uint16(5800))
	f.Add([]byte("\x00\x00:0"), uint16(0))
	f.Fuzz(func(t *testing.T, line []byte, port uint16) {
		_, arguments, _ := bytes.Cut(line, []byte{0})
		digits := []byte(strconv.Itoa(int(port)))
		if namesPort(line, port) && !bytes.Contains(arguments, digits) {
			t.Errorf("%q names port %d", line, port)
		}
		if named := append(append([]byte("x\x00"), digits...), 0); !namesPort(named, port) {
			t.Errorf("%q does not name port %d", named, port)
		}
	})
}
