package relay

import (
	"net/http"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
)

// give gives the client a server's answer. Its error is for before anything of that was given. It panics with
// http.ErrAbortHandler where only the cut connection can tell the client that this is not the end.
func (l *Relay) give(c *client, res *http.Response) error {
	defer func() { _ = res.Body.Close() }() // as it is then: it may have been wrapped
	if f := l.ownKeyMissing(res.StatusCode, c.request); f != nil {
		return f
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		return l.switchOver(c, res)
	}
	if err := l.prepare(res, c.request); err != nil {
		return err
	}
	announced := len(res.Trailer)
	c.begin(res)
	res.Header, res.Request = nil, nil // they are done with, and a stream may be long
	if err := pour(c, res.Body); err != nil {
		l.Log.Debug("answer cut", "server", c.request.target.ServerID(), "path", c.request.Path, "error", withoutQuotes(err))
		panic(http.ErrAbortHandler)
	}
	c.trail(res.Trailer, announced)
	return nil
}

// prepare makes a server's answer what the client is to get. Order matters: an error is given the status of one
// before it is assessed, and the pieces are cut last, from the body that the others have left.
func (l *Relay) prepare(res *http.Response, q *Request) error {
	if q.Dialect != dialect.Ollama {
		events.Unmask(res)
	}
	if err := completeShow(res, q); err != nil {
		return err
	}
	l.assess(res, q)
	l.inPieces(res, q)
	return nil
}

// ownKeyMissing takes a server's wish for a key of its own for what it is, and reports it. As it stands
// the client would take it for ours, and its person would try to mend the one key that is right; a
// browser would even ask for a name and a password (RFC 9110 section 15.5.2).
func (l *Relay) ownKeyMissing(status int, q *Request) *fault.Failure {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
	default:
		return nil
	}
	s := q.target.Server
	l.Log.Warn("server wants a key of its own", "server", s.ID, "status", status)
	if l.ServerWantsKey != nil {
		l.ServerWantsKey(s.ID, q.target.ModelID())
	}
	return l.Laptop.ServerWantsKey(s.Name)
}
