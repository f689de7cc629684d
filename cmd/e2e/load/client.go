package load

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"time"
)

// bufferSize is what a connection reads at once: as much as a flooding stream has ready.
const bufferSize = 32 << 10

// patience is how long an answer may give no sign: a load that hangs says so.
const patience = time.Minute

// Client asks one thing after the other on a connection, which it opens when it has none. It is for
// one goroutine at a time.
type Client struct {
	address string
	wire    *wire
}

// NewClient returns a Client of the server at address, a host and a port.
func NewClient(address string) *Client { return &Client{address: address} }

// Ask sends a whole request and takes the answer to its end. Each piece of text is told to piece, which
// may be nil, as soon as it is there.
func (c *Client) Ask(request []byte, piece func(text []byte)) (Answer, error) {
	if err := c.Send(request); err != nil {
		return Answer{}, err
	}
	return c.Receive(piece)
}

// Send sends a request, or a part of it.
func (c *Client) Send(part []byte) error {
	if c.wire == nil {
		conn, err := net.Dial("tcp", c.address)
		if err != nil {
			return err
		}
		c.wire = newWire(conn, bufferSize)
	}
	if _, err := c.wire.conn.Write(part); err != nil {
		c.Close()
		return err
	}
	return nil
}

// Receive takes an answer to its end.
func (c *Client) Receive(piece func(text []byte)) (Answer, error) {
	a, err := c.receive(piece)
	if err != nil || a.closes {
		c.Close()
	}
	return a, err
}

func (c *Client) receive(piece func(text []byte)) (a Answer, err error) {
	_ = c.wire.conn.SetReadDeadline(time.Now().Add(patience))
	head, err := c.wire.head()
	if err != nil {
		return a, fmt.Errorf("read head: %w", unexpected(err))
	}
	if a.Status, err = strconv.Atoi(string(head[9:12])); err != nil {
		return a, fmt.Errorf("no answer of HTTP/1.1: %q", head)
	}
	f := framingOf(head)
	a.closes = bytes.EqualFold(field(head, "Connection"), []byte("close")) || !f.chunked && f.length < 0
	count := counter{answer: &a, piece: piece}
	if err := c.wire.body(f, count.write); err != nil {
		return a, fmt.Errorf("read body after %d pieces: %w", a.Pieces, err)
	}
	count.line(count.rest)
	return a, nil
}

// Close ends the connection. The next request opens another one.
func (c *Client) Close() {
	if c.wire != nil {
		_ = c.wire.conn.Close()
		c.wire = nil
	}
}
