package tunnel

import (
	"mime"
	"net/http"
	"strings"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/websocket"
)

// read takes in all of a request: what can be refused by its head is, before a byte of the body is
// read, and the body is read whole. The body of what it returns is never nil.
func (g *Gateway) read(r *http.Request, c *call) (*asked, error) {
	q := &asked{route: c.route, device: c.device}
	source, err := g.refuseEarly(r, c, q)
	if err != nil || !c.route.hasBody() {
		q.body, q.model.Value = body.Empty(), r.URL.Query().Get("model")
		return q, err
	}
	watch := g.watches.over(c.upload, c.ctx, g.timing.read)
	source.From = watch
	q.body, err = body.Read(source)
	g.watches.stop(watch)
	if err == nil {
		q.model, err = q.body.Model()
	}
	return q, err
}

// refuseEarly refuses by the head what can be, and says how the body is to be read, if there is one.
func (g *Gateway) refuseEarly(r *http.Request, c *call, q *asked) (body.Source, error) {
	if f := readHead(r, c.route); f != nil {
		return body.Source{}, f
	}
	if f := g.quota.check(c, q); f != nil {
		return body.Source{}, f
	}
	if !c.route.hasBody() {
		return body.Source{}, nil
	}
	return g.source(r, q)
}

// source says how r's body is to be read. Its model is looked for as soon as it is known.
func (g *Gateway) source(r *http.Request, q *asked) (body.Source, error) {
	packing, err := body.Packing(r.Header.Values("Content-Encoding"))
	if err != nil {
		return body.Source{}, err
	}
	r.Header.Del("Content-Encoding")
	boundary, _ := body.Boundary(r.Header.Get("Content-Type"))
	return body.Source{
		Size: r.ContentLength, Packing: packing, Boundary: boundary, Names: q.route.names, Limit: g.MaxBody, Room: g.room,
		Look: func(model string) error {
			if _, f := g.chooser.find(r.Context(), q.inquiry(model)); f != nil {
				return f
			}
			return nil
		},
	}, nil
}

// readHead refuses what no server may get, whatever its body, and makes sure that a server can only read
// the rest as the gateway does.
func readHead(r *http.Request, rt *route) *fault.Failure {
	if f := readUpgrade(r, rt); f != nil {
		return f
	}
	return readType(r, rt)
}

// readUpgrade makes WebSocket, where the route is one, the only protocol that a connection can be
// switched to. Other values are dropped: some HTTP clients offer h2c on every request, and LLM servers
// have control channels behind Upgrade.
func readUpgrade(r *http.Request, rt *route) *fault.Failure {
	if !rt.webSocket {
		r.Header.Del("Upgrade")
		return nil
	}
	if !websocket.IsUpgrade(r) {
		return fault.WebSocketExpected
	}
	r.Header.Del("Sec-Websocket-Extensions") // what is compressed could not be looked at
	return nil
}

// readType settles what the body is. The server gets its type from here, since some decode a body by the
// charset that the client claims, and read "a=b&c=d" in what to others is JSON.
func readType(r *http.Request, rt *route) *fault.Failure {
	keepContentType(r.Header)
	switch boundary, isForm := body.Boundary(r.Header.Get("Content-Type")); {
	case !rt.hasBody():
		if r.ContentLength != 0 {
			return fault.BodyHere
		}
		if len(r.URL.Query()["model"]) > 1 {
			return fault.TwoModels
		}
	case isForm && rt.generates:
		return fault.FormHere
	case isForm && boundary == "":
		return fault.NoBoundary
	case isForm:
		r.Header.Set("Content-Type", mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": boundary}))
	default:
		r.Header["Content-Type"] = jsonType
	}
	return nil
}

// jsonType is shared by all requests, and never changed.
var jsonType = []string{"application/json"}

// keepContentType strikes the type of the body off the list of headers that end here (RFC 9110,
// section 7.6.1): the server is to have it from us, whatever the client says.
func keepContentType(h http.Header) {
	if len(h["Connection"]) == 0 {
		return
	}
	var kept []string
	for name := range strings.SplitSeq(strings.Join(h["Connection"], ","), ",") {
		if name = strings.TrimSpace(name); name != "" && !strings.EqualFold(name, "Content-Type") {
			kept = append(kept, name)
		}
	}
	h["Connection"] = kept
}
