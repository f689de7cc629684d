package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"modelbeam/tunnel/websocket"
)

var (
	errNotAsked = errors.New("server switches to a protocol that nobody asked for")
	errTooSoon  = errors.New("client speaks before the protocol is switched")
)

// switchOver makes a client's connection a WebSocket after its server has agreed, and carries what is said until
// both have ended, one of them fails, or the request is ended. Its error is for before the client was told of the
// agreement; a connection that was taken over by then is closed.
func (l *Relay) switchOver(c *client, res *http.Response) error {
	server, ok := res.Body.(io.ReadWriteCloser)
	if !ok || !wantsUpgrade(c.asked) || !strings.EqualFold(res.Header.Get("Upgrade"), c.asked.Header.Get("Upgrade")) {
		return errNotAsked
	}
	conn, err := c.takeOver(res)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The client's end closes with the request by itself: see package websocket.
	defer context.AfterFunc(c.request.ctx, func() { _ = server.Close() })()
	carry(conn, server)
	return nil
}

// takeOver takes the client's connection from net/http and sends the server's agreement on it.
func (c *client) takeOver(res *http.Response) (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = res.StatusCode
	conn, buffered, err := c.control.Hijack()
	if err != nil {
		return nil, fmt.Errorf("switch protocols: %w", err)
	}
	if buffered.Reader.Buffered() > 0 { // RFC 6455 section 4.1 has the client wait
		_ = conn.Close()
		return nil, errTooSoon
	}
	websocket.Select(res.Header, c.request.Protocols)
	h := c.w.Header()
	passOn(h, res.Header)
	h["Connection"], h["Upgrade"] = upgrade, c.asked.Header["Upgrade"]
	agreed := http.Response{StatusCode: res.StatusCode, ProtoMajor: 1, ProtoMinor: 1, Header: h}
	if err = agreed.Write(buffered); err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("switch protocols: %w", err)
	}
	return conn, nil
}

// carry copies in both directions and returns when both have ended. When one ends, its receiver is told so and may
// still speak, where that connection can be closed by halves; where it cannot, that is the end of both.
func carry(client, server io.ReadWriteCloser) {
	end := func() { _, _ = client.Close(), server.Close() }
	var upwards sync.WaitGroup
	upwards.Go(func() {
		if !pourOut(server, client) {
			end()
		}
	})
	if !pourOut(client, server) {
		end()
	}
	upwards.Wait()
}

// pourOut copies all of from, tells to of the end, and reports whether the other direction may go on.
func pourOut(to io.Writer, from io.Reader) bool {
	if pour(plain{to}, from) != nil {
		return false
	}
	half, ok := to.(interface{ CloseWrite() error })
	return ok && half.CloseWrite() == nil
}

// plain is a sink that keeps nothing back.
type plain struct{ io.Writer }

func (plain) flush() error { return nil }
