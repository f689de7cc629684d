package app

import (
	"context"
	"errors"
	"strconv"
	"time"

	"modelbeam/app/settings"
	"modelbeam/discovery/llm"
)

// trialTime is how long a server that is being tested has to answer.
const trialTime = 8 * time.Second

// TestResult says in words what came of testing a server. Title and Advice are English
// templates over Params, and the keys of their translations; Advice may be empty.
type TestResult struct {
	OK     bool
	Server Server
	Title  string
	Advice string
	Params map[string]string
}

// TestServer asks the server at rawURL who it is, with key unless that is empty, and calls
// done with the result, on a goroutine of its own.
func (c *Controller) TestServer(rawURL, key string, done func(TestResult)) {
	c.errands.begin(func(ctx context.Context) {
		u, err := settings.ParseServerURL(rawURL)
		if err != nil {
			done(TestResult{Title: "This is not an address.", Advice: "It looks like http://192.168.1.30:11434."})
			return
		}
		ctx, cancel := context.WithTimeout(ctx, trialTime)
		defer cancel()
		server, err := llm.Probe(ctx, u, key)
		if errors.Is(ctx.Err(), context.Canceled) {
			return // nobody is there any more to be told
		}
		if err != nil {
			c.log.Info("test a server", "url", u.Redacted(), "error", err)
		}
		done(judge(server, err))
	})
}

// judge words the outcome of a test.
func judge(server llm.Server, err error) TestResult {
	switch cause := llm.CauseOf(err); {
	case cause == llm.Untrusted:
		return TestResult{Title: "Its certificate is not trusted.", Advice: "Use http, or a certificate that this computer trusts."}
	case cause == llm.NotServer:
		return TestResult{Title: "Something answers there, but it is no AI server.", Advice: "Check the address."}
	case err != nil:
		return TestResult{Title: "Nothing answers there.", Advice: "Check that it is running and that the address is right."}
	case server.NeedsKey:
		return TestResult{Title: "It works, but it wants a key.", Advice: "Enter the key and test again."}
	}
	works := TestResult{
		OK:     true,
		Server: Server{Kind: server.Kind, Name: server.Name, URL: server.URL.Redacted(), Models: modelNames(server), Online: true, Loading: server.Loading},
		Title:  "It works: {{.Name}} with {{.Count}} models.",
		Params: map[string]string{"Name": server.Name, "Count": strconv.Itoa(len(server.Models))},
	}
	if server.Loading {
		works.Title = "It works: {{.Name}} is loading its model."
	}
	return works
}

func modelNames(s llm.Server) []string {
	names := make([]string, len(s.Models))
	for i, m := range s.Models {
		names[i] = m.ID
	}
	return names
}
