package llm

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrNotServer is the error of Probe for something that answers, but not like an LLM server.
var ErrNotServer = errors.New("what answers there is not an LLM server")

// probePatience is for servers a person has named, which may be on another machine or busy.
const probePatience = 5 * time.Second

// Probe looks at one server, at an address that a person has named: any host, http or https, with
// or without a path in front of the server's own; a /v1 or /api at the end is taken for part of those. A
// key is sent as a bearer token, unless it is empty.
//
// A server that wants a key, or another one, is no error: it comes with NeedsKey set and without
// models. Errors say in words what is wrong; ErrNotServer is among them. Each question to the server is given
// 5 s; ctx can end it all earlier.
func Probe(ctx context.Context, base *url.URL, key string) (Server, error) {
	f, err := probeAs(ctx, base, key, nil, nil)
	return f.Server, err
}

// probeAs is Probe for a server that answered as last before and had these models, if it ever did: what
// was learned of them then is not asked again.
func probeAs(ctx context.Context, base *url.URL, key string, last *found, models []Model) (found, error) {
	base, err := normalise(base)
	if err != nil {
		return found{}, err
	}
	kinds := table()
	visitTo := func(base *url.URL) *visit {
		v := namedVisit(base, key)
		v.known, v.locked = models, last != nil && (last.NeedsKey || last.key != key)
		return v
	}
	if above, ok := withoutDialect(base, kinds); ok {
		// Only as one of the kinds that have such paths: a refusal there could be anybody's.
		if f, ok := identify(ctx, visitTo(above), kinds); ok && f.Kind != kinds[len(kinds)-1].id {
			return f, nil
		}
	}
	v := visitTo(base)
	f, ok := identify(ctx, v, kinds)
	if !ok {
		return found{}, fmt.Errorf("ask %s: %w", base, v.explain(ctx))
	}
	return f, nil
}

// withoutDialect takes the path of some kind's dialect off the end of an address: people copy that of
// Ollama with /api from a manual, and that of AnythingLLM with /api/v1/openai. It is false where the
// address has none.
func withoutDialect(base *url.URL, kinds []kind) (*url.URL, bool) {
	longest := ""
	for _, k := range kinds {
		for _, path := range []string{k.paths.OpenAI, k.paths.Ollama, k.paths.Anthropic} {
			path = strings.TrimSuffix(path, "/v1") // normalise has done that to the address
			if strings.HasSuffix(base.Path, path) && len(path) > len(longest) {
				longest = path
			}
		}
	}
	above := *base
	above.Path = strings.TrimSuffix(base.Path, longest)
	return &above, longest != ""
}

// normalise makes the URL that paths can be appended to, of what people copy from a manual.
func normalise(base *url.URL) (*url.URL, error) {
	if base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("read address %q: it must begin with http:// or https://", base.Redacted())
	}
	if base.Hostname() == "" {
		return nil, fmt.Errorf("read address %q: it has no host", base.Redacted())
	}
	path := strings.TrimRight(base.Path, "/")
	path = strings.TrimRight(strings.TrimSuffix(path, "/v1"), "/")
	return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: path}, nil
}

// explain says why the server was not recognised. It asks nothing new: the list of models was the
// last thing asked for, and its answer, or what kept it from coming, is known.
//
// What each case is called here is what a person reads who has mistyped an address, so it says
// what to look at; the technical error stands behind it.
func (v *visit) explain(ctx context.Context) error {
	a := v.list(ctx, modelsPath)
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case a.err == nil && a.status >= 300 && a.status < 400:
		return fmt.Errorf("it points to %s: use that address if you trust it", a.header.Get("Location"))
	case a.err == nil && a.status == http.StatusOK, errors.Is(a.err, errTooLong):
		return ErrNotServer
	case a.err == nil:
		return fmt.Errorf("%w: it answers %s with status %d", ErrNotServer, modelsPath, a.status)
	case refused(a.err):
		return fmt.Errorf("nothing is listening there: %w", a.err)
	case errors.As(a.err, &dns):
		return fmt.Errorf("no machine has this name: %w", a.err)
	case errors.Is(a.err, http.ErrSchemeMismatch):
		return fmt.Errorf("it does not speak https, try http: %w", a.err)
	case errors.As(a.err, &certificate):
		return fmt.Errorf("its certificate is not trusted by this machine: %w", a.err)
	case isTimeout(a.err):
		return fmt.Errorf("it does not answer: %w", a.err)
	}
	return fmt.Errorf("%w: %w", ErrNotServer, a.err)
}

// isTimeout tells an answer that takes too long from one that will never come.
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
