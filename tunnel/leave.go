package tunnel

import (
	"bytes"
	"context"
	"net/http"

	"modelbeam/tunnel/apart"
)

// usualCrowd is how many calls are under way when streams begin to leave net/http. What it holds
// for fewer is a few MiB at most.
const usualCrowd = 64

// mayLeave returns what serves r where its answer may leave net/http, and nil where it stays: only streams are
// worth it, which are answers to POST, and they need chunks, which HTTP/1.0 has not.
func (g *Gateway) mayLeave(r *http.Request) *serving {
	if r.Method != http.MethodPost || !r.ProtoAtLeast(1, 1) || g.calls.count() < g.crowd {
		return nil
	}
	return servingOf(r.Context())
}

// answer has a call answered by handle: on net/http's goroutine, or on one of the call's own, so that net/http's
// can go when the stream leaves. It returns when net/http may go on with the connection, or must leave it alone.
// The context client ends when net/http sees the client go, or is done with the request. last says that the
// connection ends with this answer.
func (g *Gateway) answer(c *call, client context.Context, last bool, handle func()) {
	if c.serving == nil {
		handle()
		return
	}
	c.client = client
	stay := context.AfterFunc(client, func() { c.gone(context.Cause(client)) })
	if err := c.serving.ctx.Err(); err != nil {
		c.gone(context.Cause(c.serving.ctx)) // Serve's end may not have seen the call
	}
	returned := make(chan any, 1) // with what handle panicked
	c.response.leave = func() {
		if stay() && g.leave(c, last) { // else the client has just gone, and the call ends
			returned <- nil
		}
	}
	go func() { // ends with the answer; registry.wait waits for its call
		p := caught(handle)
		if a := c.response.apart; a != nil {
			c.serving.giveBack(a)
			return
		}
		returned <- p
	}()
	p := <-returned
	stay()
	if p != nil {
		panic(p) // where net/http looks for it
	}
}

// leave moves c's stream from net/http to a connection of its own. It reports false where that fails; then c has
// lost its client.
func (g *Gateway) leave(c *call, last bool) bool {
	c.client = nil // what net/http does with the context of its request from now on says nothing of the client
	a := c.takeOver(last)
	if a == nil {
		c.gone(context.Canceled)
		return false
	}
	g.calls.setApart(c, a)
	return true
}

// takeOver takes c's connection from net/http. It returns nil where that fails, because the connection has ended.
func (c *call) takeOver(last bool) *apart.Stream {
	conn, buffered, err := c.response.control.Hijack()
	if err != nil {
		return nil
	}
	var ahead []byte
	if n := buffered.Reader.Buffered(); n > 0 {
		there, _ := buffered.Reader.Peek(n)
		ahead = bytes.Clone(there)
	}
	header := c.response.Header()
	last = last || header.Get("Connection") == "close"
	return apart.New(conn, header, last, ahead, func() { c.gone(context.Canceled) })
}

// caught runs f and returns what it panicked with.
func caught(f func()) (p any) {
	defer func() { p = recover() }()
	f()
	return nil
}
