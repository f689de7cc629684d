package tunnel

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"modelbeam/tunnel/body"
)

// call is what the gateway knows of one request while it answers it. It belongs to the
// request's goroutine, but for what registry and payload say of themselves.
type call struct {
	id         uint64
	began      time.Time
	ctx        context.Context // ends when the client goes away or cancel is called
	cancel     context.CancelCauseFunc
	expiry     *time.Timer // ends the call with the device's pass; nil when that has no end
	response   *response
	upload     *upload // the client's body; what ReverseProxy sends on is made of it
	remote     netip.Addr
	local      netip.Addr // our end of the connection
	method     string
	path       string // what Observe and logs may see: no key in it
	device     Device // guarded by registry.mu until authorize is over
	route      *route
	refusal    *failure   // why there is no route
	modelID    string     // the {id} of /v1/models/{id}
	stream     string     // the {id} of /streams/{id}
	keys       []string   // as the client gave them, the most deliberate first
	protocols  []string   // the WebSocket sub-protocols that were offered, one may hold a key
	target     target     // zero until forward has chosen; written under registry.mu
	tokens     tokens     // of the answer, so far
	others     []target   // who has the same model, should target not be reachable
	attempt    *attempt   // the one that is under way, or was last; guarded by registry.mu
	payload    *payload   // the request's body, nil before forward
	reworded   body.Spool // the same in other words, where the server needs them
	reserved   bool       // its body is being read for one request of the device's pass; guarded by registry.mu
	spent      int        // what was taken off the device's pass
	delivered  bool       // something of a server's answer came
	unanswered bool       // the laptop or a server on it failed before that
	served     bool       // the answer was given to its end
	resumable  bool       // the answer goes on when the client goes away
	left       bool       // the client went away before the server's answer was over
	foreign    bool       // a web page of another origin asks
	report     bool       // for Observe
	reported   bool       // Observe knows that it began; guarded by registry.mu
}

var lastCall atomic.Uint64

type callKey struct{}

// callOf returns the call that record put into the request's context.
func callOf(r *http.Request) *call {
	return r.Context().Value(callKey{}).(*call)
}

func newCall(r *http.Request, w *response) *call {
	c := &call{
		id:       lastCall.Add(1),
		began:    time.Now(),
		response: w,
		upload:   newUpload(r),
		method:   r.Method,
		path:     publicPath(r.URL.Path),
		local:    localAddr(r),
		foreign:  ofAnotherPage(r),
	}
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		c.remote = peer.Addr().Unmap()
	}
	ctx := context.WithValue(r.Context(), callKey{}, c)
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	w.ctx, w.end, w.upload = c.ctx, c.cancel, c.upload
	return c
}

// dialect is the one that the client speaks, as far as the path tells.
func (c *call) dialect() Dialect { return dialectOf(c.path) }

// dialectOf guesses from a path, cleaned or not, which shape of errors the client reads.
func dialectOf(path string) Dialect {
	switch {
	case strings.HasPrefix(path, "/api/"):
		return Ollama
	case strings.Contains(path, "/messages"):
		return Anthropic
	default:
		return OpenAI
	}
}

func (c *call) exchange() Exchange {
	return Exchange{
		ID: c.id, Time: c.began, Method: c.method, Path: c.path, Remote: c.remote, Local: c.local,
		Device: c.device, Server: c.target.serverID(), Model: c.target.name(),
		Status: int(c.response.status.Load()), Bytes: c.response.bytes.Load(),
		Duration: time.Since(c.began),

		PromptTokens: int(c.tokens.prompt.Load()), Tokens: int(c.tokens.generated.Load()),
	}
}
