package tunnel

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// WebSocket's numbers for why a connection ends (RFC 6455, section 7.4.1).
const (
	goingAway       = 1001
	policyViolation = 1008
)

// webSocketConn is a client's connection, on which ReverseProxy reads what is for the server and writes
// what a server sends. When the call is ended from outside, or the client says what no server may
// hear, it says why before it closes, if that is possible between two frames of the server's.
type webSocketConn struct {
	net.Conn
	ctx  context.Context // the call's
	end  context.CancelCauseFunc
	once sync.Once
	said inspector

	mu     sync.Mutex // held while something is written
	frames frameCounter
}

// Read hands on nothing of a piece in which there is something that no server may hear: so none has a
// whole message of it.
func (c *webSocketConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if f := c.said.pass(p[:n]); f != nil {
		c.end(f)
		return 0, f
	}
	return n, err
}

func (c *webSocketConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := c.Conn.Write(p)
	c.frames.pass(p[:n])
	return n, err
}

func (c *webSocketConn) Close() error {
	c.once.Do(c.farewell)
	return c.Conn.Close()
}

func (c *webSocketConn) farewell() {
	var f *failure
	if !errors.As(context.Cause(c.ctx), &f) || !c.mu.TryLock() { // a write hangs: nobody reads
		return
	}
	defer c.mu.Unlock()
	if c.frames.between() {
		_ = c.SetWriteDeadline(time.Now().Add(urgentTimeout))
		_, _ = c.Conn.Write(f.closeFrame())
	}
}

// closeFrame is f as the last frame of a WebSocket. Its text may have 123 bytes
// (RFC 6455, section 5.5).
func (f *failure) closeFrame() []byte {
	const most = 123
	code := uint16(policyViolation)
	if f.status >= http.StatusInternalServerError {
		code = goingAway
	}
	reason := strings.ToValidUTF8(f.message[:min(len(f.message), most)], "")
	frame := []byte{0x88, byte(2 + len(reason))}
	return append(binary.BigEndian.AppendUint16(frame, code), reason...)
}

// frameCounter follows where WebSocket frames begin and end (RFC 6455, section 5.2).
type frameCounter struct {
	head []byte // of the frame that is passing, while it is not complete
	left uint64 // of that frame's payload
	over bool   // a close frame has passed
}

func (f *frameCounter) between() bool { return len(f.head) == 0 && f.left == 0 && !f.over }

func (f *frameCounter) pass(p []byte) {
	for len(p) > 0 {
		if n := min(f.left, uint64(len(p))); n > 0 {
			f.left -= n
			p = p[n:]
			continue
		}
		f.head = append(f.head, p[0])
		p = p[1:]
		if size, ok := payloadSize(f.head); ok {
			f.over = f.over || f.head[0]&0x0f == 8
			f.left, f.head = size, f.head[:0]
		}
	}
}

// payloadSize reads the size from a frame's header. It reports false while that is not complete.
func payloadSize(head []byte) (uint64, bool) {
	if len(head) < 2 {
		return 0, false
	}
	size, extended := uint64(head[1]&0x7f), 0
	switch size {
	case 126:
		extended = 2
	case 127:
		extended = 8
	}
	mask := 0
	if head[1]&0x80 != 0 {
		mask = 4
	}
	if len(head) < 2+extended+mask {
		return 0, false
	}
	if extended > 0 {
		size = 0
		for _, b := range head[2 : 2+extended] {
			size = size<<8 | uint64(b)
		}
	}
	return size, true
}
