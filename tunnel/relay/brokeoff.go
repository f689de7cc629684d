package relay

import (
	"context"
	"errors"
	"net"
	"regexp"

	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
)

// What a client is told of a server that failed: before its answer had begun, as an answer of ours; in the
// middle of a stream, as the last event or line of that. An answer whose length was promised is cut instead,
// since nothing else tells that the promise is not kept.

// fail answers when there is no answer of the server.
func (l *Relay) fail(c *client, err error) {
	f := l.relayFailure(c.request, err)
	if f == nil {
		c.gone()
		return
	}
	c.request.note(f)
	c.fail(f)
}

// relayFailure is reason, which the client is told now.
func (l *Relay) relayFailure(q *Request, err error) *fault.Failure {
	f := l.reason(q, err)
	if f != nil {
		q.code = f.Code
	}
	return f
}

// reason says what went wrong between the gateway and the server; nil when it was the
// client that went away. Whoever ended the request from outside has said why, and that is what the client
// is told, whatever error it came to here.
func (l *Relay) reason(q *Request, err error) *fault.Failure {
	cause := context.Cause(q.ctx)
	var f *fault.Failure
	if errors.As(cause, &f) {
		return f
	}
	if cause != nil {
		q.left = true
		return nil
	}
	if errors.As(err, &f) {
		return f
	}
	l.Log.Warn("server failed", "server", q.target.ServerID(), "path", q.Path, "error", withoutQuotes(err))
	if notReached(err) {
		return l.Laptop.Unreachable(q.target.Server.Name)
	}
	return l.Laptop.BrokeOff(q.target.Server.Name)
}

// quote is a Go string literal within a text.
var quote = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// withoutQuotes is an error's text for the log. net/http quotes the line of a server that it does not understand
// ("malformed HTTP response"), and that may be a piece of an answer.
func withoutQuotes(err error) string { return quote.ReplaceAllString(err.Error(), `"..."`) }

// lastWords is the error that ends a broken stream; nothing for a client that is gone.
func (l *Relay) lastWords(q *Request, format *events.Format, err error) []byte {
	f := l.relayFailure(q, err)
	if f == nil {
		return nil
	}
	return format.Failure(f, q.Dialect)
}

// notReached reports whether err means that there was no connection to the server, which is most often
// not running. All else is told as a server that broke off.
func notReached(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}
