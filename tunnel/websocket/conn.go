// Package websocket looks at what passes over a client's WebSocket, in both directions. What the client
// says is held to what a request may have in it before a server gets it; what the server says is only
// followed, to know where a last word of ours fits between two of its frames (RFC 6455).
package websocket

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"modelbeam/tunnel/fault"
)

// WebSocket's numbers for why a connection ends (RFC 6455, section 7.4.1).
const (
	goingAway       = 1001
	policyViolation = 1008
)

// Conn is a client's connection, on which package relay reads what is for the server and writes
// what a server sends. When the call is ended from outside, or the client says what no server may
// hear, it says why before it closes, if that is possible between two frames of the server's.
type Conn struct {
	net.Conn
	ctx  context.Context // ends with the request
	end  context.CancelCauseFunc
	once sync.Once
	said inspector

	mu     sync.Mutex // held while something is written
	frames counter
}

// farewellTime is what the client gets to take the last words in.
const farewellTime = 300 * time.Millisecond

// NewConn is a connection that closes when ctx ends, and ends it through end.
func NewConn(ctx context.Context, conn net.Conn, end context.CancelCauseFunc) *Conn {
	c := &Conn{Conn: conn, ctx: ctx, end: end}
	context.AfterFunc(ctx, func() { _ = c.Close() })
	return c
}

// Read hands on nothing of a piece that has something in it which no server may hear, so that the server
// never has the whole message.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if f := c.said.pass(p[:n]); f != nil {
		c.end(f)
		return 0, f
	}
	return n, err
}

func (c *Conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := c.Conn.Write(p)
	c.frames.pass(p[:n])
	return n, err
}

func (c *Conn) Close() error {
	c.once.Do(c.farewell)
	return c.Conn.Close()
}

func (c *Conn) farewell() {
	var f *fault.Failure
	if !errors.As(context.Cause(c.ctx), &f) {
		return
	}
	// A write may be under way: one that hangs, since nobody reads, ends with this too, and one whose last byte
	// the client has already seen is over in a moment.
	_ = c.SetWriteDeadline(time.Now().Add(farewellTime))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frames.between() {
		_, _ = c.Conn.Write(closeFrame(f))
	}
}

// closeFrame is f as the last frame of a WebSocket. Its text may have 123 bytes
// (RFC 6455, section 5.5).
func closeFrame(f *fault.Failure) []byte {
	const most = 123
	code := uint16(policyViolation)
	if f.StatusCode() >= http.StatusInternalServerError {
		code = goingAway
	}
	reason := strings.ToValidUTF8(f.Message[:min(len(f.Message), most)], "")
	frame := []byte{0x88, byte(2 + len(reason))}
	return append(binary.BigEndian.AppendUint16(frame, code), reason...)
}
