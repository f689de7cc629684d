package llm

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// probePatience is for servers a person has named, which may be on another machine or busy.
const probePatience = 5 * time.Second

// Probe looks at one server at an address that a person has named: any host, http or https, with or without a
// path that stands before the server's own; /v1 or /api at the end is taken for part of those. The key is
// sent as a bearer token, unless it is empty.
//
// It is no error if a server wants a key, or another one: it is returned with NeedsKey set and without models.
// Every error is an *Error, whose Cause says what is wrong. Each question to the server is given
// 5 s; ctx can end it all earlier.
func Probe(ctx context.Context, base *url.URL, key string) (Server, error) {
	f, err := probeAs(ctx, newClient(probePatience), base, key, nil, nil)
	return f.Server, err
}

// probeAs is Probe for a server that was last before, with these models, if it has been visited at all: what was
// learned then is not asked again.
func probeAs(ctx context.Context, by *http.Client, base *url.URL, key string, last *found, models []Model) (found, error) {
	base, err := normalise(base)
	if err != nil {
		return found{}, err
	}
	kinds := table()
	visitTo := func(base *url.URL) *visit {
		v := namedVisit(by, base, key)
		v.modelsBefore, v.locked = models, last != nil && (last.NeedsKey || last.key != key)
		return v
	}
	if above, ok := withoutDialect(base, kinds); ok {
		// It must be one of the kinds that have such paths: any server could refuse us there.
		v := visitTo(above)
		f, ok := identify(ctx, v, kinds)
		v.end()
		if ok && f.Kind != kinds[len(kinds)-1].id {
			return f, nil
		}
	}
	v := visitTo(base)
	defer v.end()
	f, ok := identify(ctx, v, kinds)
	if !ok {
		return found{}, v.explain(ctx)
	}
	return f, nil
}

// withoutDialect takes the path of a dialect off the end of an address, whichever kind has it: people copy
// Ollama's with /api from a manual, and AnythingLLM's with /api/v1/openai. It is false if there is none.
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

// normalise makes a URL that paths can be appended to from what people copy from a manual.
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
