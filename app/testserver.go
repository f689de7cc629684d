package app

import (
	"context"
	"errors"
	"time"

	"modelbeam/app/settings"
	"modelbeam/discovery/llm"
)

// testTime is how long a server that is being tested has to answer.
const testTime = 8 * time.Second

// TestResult says what came of testing a server. Title and Advice are English templates over
// Params, and the keys of their translations; Advice may be empty.
type TestResult struct {
	Kind   TestKind
	OK     bool   // it can be shared as it is
	Server Server // where OK
	Title  string
	Advice string
	Params map[string]string
}

// TestServer asks the server at rawURL who it is, with key unless that is empty, and calls
// done with the result, on a goroutine of its own.
func (c *Controller) TestServer(rawURL, key string, done func(TestResult)) {
	c.background.begin(func(ctx context.Context) {
		u, err := settings.ParseServerURL(rawURL)
		if err != nil {
			done(wordResult(TestNoAddress))
			return
		}
		ctx, cancel := context.WithTimeout(ctx, testTime)
		defer cancel()
		server, err := llm.Probe(ctx, u, key)
		if errors.Is(ctx.Err(), context.Canceled) {
			return // there is nobody left to tell
		}
		if err != nil {
			c.log.Info("test a server", "url", u.Redacted(), "error", err)
		}
		done(judge(server, err))
	})
}

// judge says what came of a test.
func judge(server llm.Server, err error) TestResult {
	if err != nil {
		return wordFailure(err)
	}
	if server.NeedsKey {
		return wordResult(TestWantsKey)
	}
	kind := TestWorks
	if server.Loading {
		kind = TestLoading
	}
	r := wordWorking(kind, server.Name, len(server.Models))
	r.Server = Server{
		Kind: server.Kind, Name: server.Name, URL: server.URL.Redacted(), Models: modelNames(server), Online: true, Loading: server.Loading,
	}
	return r
}

func modelNames(s llm.Server) []string {
	names := make([]string, len(s.Models))
	for i, m := range s.Models {
		names[i] = m.ID
	}
	return names
}
