package llm

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Cause is why the server at an address that a person has named cannot be used. It is for code to
// compare; what a person reads is up to whoever shows it.
type Cause uint8

const (
	NoCause     Cause = iota // there is no error, or it is nothing that an address could explain
	BadAddress               // not the address of a server: neither http nor https, or without a host
	UnknownHost              // no machine has this name
	Unreachable              // no way leads to the machine
	Refused                  // the machine is there, and nothing listens at the port
	TimedOut                 // it gives no answer in time
	NoTLS                    // the address says https, and the server speaks http
	Untrusted                // its certificate is not one that this machine trusts
	Redirected               // it points to another address, see Error.Location
	NotServer                // something answers, but not like an LLM server
)

// causes are for logs.
var causes = [...]string{
	"other", "bad address", "unknown host", "unreachable", "refused", "timed out", "no TLS", "untrusted certificate",
	"redirected", "not an LLM server",
}

// String is the cause in a word or two, for logs.
func (c Cause) String() string { return causes[c] }

// Error is what Probe and Follower.Look return when there is no server to be had.
type Error struct {
	Cause    Cause
	URL      string // the address that was asked, without a password
	Location string // where a redirect leads, in the server's own words
	Status   int    // of the answer, where one came
	Err      error  // what the network or the server said; may be nil
}

// Error is for logs and for those who want all the details: "ask http://10.0.0.1:80: refused: ...".
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "ask %s: %v", e.URL, e.Cause)
	if e.Status != 0 {
		fmt.Fprintf(&b, ", status %d", e.Status)
	}
	if e.Location != "" {
		fmt.Fprintf(&b, " to %q", e.Location)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// CauseOf is the Cause of an error of this package, and NoCause for every other.
func CauseOf(err error) Cause {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Cause
	}
	return NoCause
}

// explain says why the server was not recognised. It asks nothing new: the list of models was the
// last thing asked for, and its answer, or what kept it from coming, is remembered.
func (v *visit) explain(ctx context.Context) *Error {
	a := v.list(ctx, modelsPath)
	e := &Error{URL: v.base.Redacted(), Status: a.status, Err: a.err}
	switch {
	case a.err == nil && a.status >= 300 && a.status < 400:
		e.Cause, e.Location = Redirected, a.header.Get("Location")
	case a.failure() == nil:
		e.Cause = NotServer
	default:
		e.Cause = causeOfSilence(a.err)
	}
	return e
}

// causeOfSilence is why a question got no answer, or not all of it.
func causeOfSilence(err error) Cause {
	dns, certificate, dial := new(net.DNSError), new(tls.CertificateVerificationError), new(net.OpError)
	switch {
	case errors.Is(err, context.Canceled):
		return NoCause
	case refused(err):
		return Refused
	case isTimeout(err):
		return TimedOut
	case errors.As(err, &dns):
		return UnknownHost
	case errors.Is(err, http.ErrSchemeMismatch):
		return NoTLS
	case errors.As(err, &certificate):
		return Untrusted
	case errors.As(err, &dial) && dial.Op == "dial":
		return Unreachable
	}
	return NotServer
}

// isTimeout tells an answer that takes too long from one that will never come.
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
