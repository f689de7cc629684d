package tunnel

import (
	"bytes"
	"context"
	"net/http"

	"modelbeam/tunnel/apart"
)

// usualCrowd is how many calls are under way when streams begin to leave net/http.
const usualCrowd = 64

// mayLeave returns what serves r where its answer may leave net/http.
func (g *Gateway) mayLeave(r *http.Request) *serving {
	if r.Method != http.MethodPost || !r.ProtoAtLeast(1, 1) || g.calls.count() < g.crowd {
		return nil
	}
	return servingOf(r.Context())
}

// answer has a call answered: by net/http's goroutine, or on one of its own, so that net/http's can go when the
// stream leaves. The context client ends when net/http sees the client go, or is done with the request.
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
		if !stay() {
			return // it ends
		}
		c.client = nil
		if a := c.takeOver(last); a != nil {
			g.calls.leave(c, a)
			returned <- nil
		} else {
			c.gone(context.Canceled)
		}
	}
	go func() {
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
		panic(p)
	}
}

// takeOver takes c's connection from net/http; nil where that fails, which is because it has ended.
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
