package tunnel

import (
	"context"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/hosts"
	"modelbeam/tunnel/keys"
)

// call is what the gateway knows of one request while it answers it. It belongs to the request's
// goroutine, which is the only one to touch most of it. The rest, by who guards it:
//
//	registry.mu    ctx and cancel (detach changes them), device and target (read by Running, end and the
//	               like), reserved, reported
//	themselves     response and upload, whose own comments say what other goroutines may call; tokens,
//	               which are atomic
//	nobody         id to path: set before registry.add, never changed where others look
type call struct {
	id       uint64
	began    time.Time
	ctx      context.Context // ends when the client goes away or cancel is called
	own      callContext     // what ctx is at first
	cancel   context.CancelCauseFunc
	response *response
	upload   *upload // the client's body
	remote   netip.Addr
	local    netip.Addr // our end of the connection
	method   string
	path     string // what Observe and logs may see: no key in it

	// What find and authorize learn.
	route     *route
	refusal   *fault.Failure // why there is no route
	modelID   string         // the {id} of /v1/models/{id}
	streamID  string         // the {id} of /streams/{id}
	keys      []string       // as the client gave them, the most deliberate first
	key       string         // the one of them that is device's
	protocols []string       // the WebSocket sub-protocols that were offered; one may hold a key
	device    Device
	expiry    *time.Timer // ends the call with the device's pass; nil when that has no end

	// What becomes of it.
	failed    *fault.Code    // of the failure that it is answered with, or ends with; nil: none
	target    catalog.Target // zero until forward has chosen
	tokens    events.Tokens  // of the answer, so far
	reserved  bool           // its body is being read for one request of the device's pass
	served    bool           // the answer was given to its end
	resumable bool           // the answer goes on when the client goes away
	left      bool           // the client went away before the server's answer was over
	report    bool           // for Observe
	reported  bool           // Observe knows that it began
	foreign   bool           // it comes from a web page of another origin; here it takes no room
}

var lastCall atomic.Uint64

type callKey struct{}

// callContext is a context with a call in it. It is a part of the call and no [context.WithValue], which
// would be one more thing to make for every request.
type callContext struct {
	context.Context
	call *call
}

// Value implements context.Context.
func (c *callContext) Value(key any) any {
	if key == (callKey{}) {
		return c.call
	}
	return c.Context.Value(key)
}

// callOf returns the call that record put into the request's context.
func callOf(r *http.Request) *call {
	return r.Context().Value(callKey{}).(*call)
}

// parts are a call and what belongs to it, which come and go together.
type parts struct {
	call
	response response
	upload   upload
}

// newCall makes the call of a request that is answered by w, with so long for each write.
func newCall(w http.ResponseWriter, r *http.Request, timeout time.Duration) *call {
	all := &parts{
		call: call{
			id:      lastCall.Add(1),
			began:   time.Now(),
			method:  r.Method,
			path:    keys.PublicPath(r.URL.Path),
			local:   hosts.Local(r),
			foreign: ofAnotherPage(r),
		},
	}
	c := &all.call
	c.response, c.upload = &all.response, &all.upload
	c.response.init(w, timeout)
	c.upload.init(r, c.response.control)
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		c.remote = peer.Addr().Unmap()
	}
	c.own.call = c
	c.own.Context, c.cancel = context.WithCancelCause(r.Context())
	c.ctx = &c.own
	c.response.ctx, c.response.end, c.response.upload = c.ctx, c.cancel, c.upload
	return c
}

// end ends c for a reason. The caller holds registry.mu, so that c is under way.
func (c *call) end(f *fault.Failure) {
	c.cancel(f)
	c.response.hurry()
	c.upload.giveUp()
}

// fails notes the code of the failure that c is answered with, or ends with.
func (c *call) fails(code fault.Code) { c.failed = &code }

// isOf reports whether c is served by that run of Serve.
func (c *call) isOf(s *serving) bool { return servingOf(c.ctx) == s }

// dialect is the one that the client speaks, as far as the path tells.
func (c *call) dialect() dialect.Dialect { return dialect.Of(c.path) }

func (c *call) exchange() Exchange {
	return Exchange{
		ID: c.id, Time: c.began, Method: c.method, Path: c.path, Remote: c.remote, Local: c.local,
		Device: c.device, Server: c.target.ServerID(), Model: c.target.ModelID(),
		Works:  c.target.ServerID() != "" && !c.route.free,
		Status: int(c.response.status.Load()), Bytes: c.response.bytes.Load(),
		Duration: time.Since(c.began),

		PromptTokens: int(c.tokens.Prompt.Load()), Tokens: int(c.tokens.Generated.Load()),
	}
}
