package llm

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
)

// probePatience is for servers a person has named, which may be on another machine or busy.
const probePatience = 5 * time.Second

// Probe looks at one server, at an address that a person has named: any host, http or https, with
// or without a path in front of the server's own; a /v1 or /api at the end is taken for part of those. A
// key is sent as a bearer token, unless it is empty.
//
// A server that wants a key, or another one, is no error: it comes with NeedsKey set and without
// models. Every error is an *Error, whose Cause says what is wrong. Each question to the server is given
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
		v.modelsBefore, v.locked = models, last != nil && (last.NeedsKey || last.key != key)
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
		return found{}, v.explain(ctx)
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
		return nil, &Error{Cause: BadAddress, URL: base.Redacted(), Err: errors.New("neither http nor https")}
	}
	if base.Hostname() == "" {
		return nil, &Error{Cause: BadAddress, URL: base.Redacted(), Err: errors.New("no host")}
	}
	path := strings.TrimRight(base.Path, "/")
	path = strings.TrimRight(strings.TrimSuffix(path, "/v1"), "/")
	return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: path}, nil
}
