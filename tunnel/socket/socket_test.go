package socket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"modelbeam/cmd/e2e/await"
)

// pair is two ends of a connection, both wrapped, and the system's name for the first.
func pair(t testing.TB) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialed, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	near, far = Wrap(dialed), Wrap(accepted)
	t.Cleanup(func() { near.Close(); far.Close() })
	return near, far
}

// TestConn holds what every net.Conn has to do: wait, keep deadlines, end, and be used from many goroutines.
func TestConn(t *testing.T) {
	nettest.TestConn(t, func() (near, far net.Conn, stop func(), err error) {
		near, far = pair(t)
		return near, far, func() { near.Close(); far.Close() }, nil
	})
}

// Errors are those of package net, for whoever asks what they are.
func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(near, far net.Conn) error
		want error
	}{
		{"read, when the other end has ended its direction", func(near, far net.Conn) error {
			_ = far.(interface{ CloseWrite() error }).CloseWrite()
			return read(near)
		}, io.EOF},
		{"read, when nothing has come in time", func(near, _ net.Conn) error {
			_ = near.SetReadDeadline(time.Now().Add(time.Millisecond))
			return read(near)
		}, os.ErrDeadlineExceeded},
		{"read, when it is closed", func(near, _ net.Conn) error { near.Close(); return read(near) }, net.ErrClosed},
		{"write, when it is closed", func(near, _ net.Conn) error { near.Close(); return write1(near) }, net.ErrClosed},
		{"read, when the other end has reset it", func(near, far net.Conn) error { reset(far); return read(near) }, syscall.ECONNRESET},
		{"write, when the other end has closed it", func(near, far net.Conn) error {
			reset(far)
			_ = read(near) // takes the first error
			return write1(near)
		}, syscall.EPIPE},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.do(pair(t))
			if runtime.GOOS == "windows" && errors.As(tt.want, new(syscall.Errno)) {
				t.Skip("Windows has other words for it")
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if op := (*net.OpError)(nil); tt.want != io.EOF && !errors.As(err, &op) {
				t.Errorf("%T is no error of package net", err)
			}
		})
	}
}

func read(c net.Conn) error {
	_, err := c.Read(make([]byte, 1))
	return err
}

func write1(c net.Conn) error {
	_, err := c.Write([]byte{1})
	return err
}

// reset ends a connection at once.
func reset(c net.Conn) {
	_ = c.(interface{ SetLinger(sec int) error }).SetLinger(0)
	_ = c.Close()
}

// TestMoreThanFits writes more than the buffers of the system hold to somebody who does not read yet.
func TestMoreThanFits(t *testing.T) {
	near, far := pair(t)
	sent := bytes.Repeat([]byte("0123456789abcde"), 1<<20)
	written := make(chan error, 1)
	go func() {
		n, err := near.Write(sent)
		if err == nil && n != len(sent) {
			err = io.ErrShortWrite
		}
		near.Close()
		written <- err
	}()
	got, err := io.ReadAll(far)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes have come of %d, or others: %v", len(got), len(sent), err)
	}
	if err := await.First(t, "all is written", written); err != nil {
		t.Error(err)
	}
}

// TestWriteEndsInTime says how much was written until then.
func TestWriteEndsInTime(t *testing.T) {
	near, far := pair(t)
	written := make(chan int, 1)
	go func() {
		n, err := near.Write(make([]byte, 32<<20))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("it ends with %v", err)
		}
		near.Close()
		written <- n
	}()
	if err := read(far); err != nil { // it has begun
		t.Fatal(err)
	}
	_ = near.SetWriteDeadline(time.Now())
	n := await.First(t, "the write ends", written)
	if got, err := io.Copy(io.Discard, far); err != nil || got+1 != int64(n) {
		t.Errorf("%d bytes have come of %d: %v", got+1, n, err)
	}
}

// What is no socket stays what it is.
func TestNoSocket(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	defer near.Close()
	if Wrap(near) != near {
		t.Error("a pipe is taken for a socket")
	}
}
