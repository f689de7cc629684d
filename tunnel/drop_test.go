package tunnel

import (
	"net/http/httptest"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/body"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

func TestDropServerEndsItsStreams(t *testing.T) {
	gone := upstream(t, "studio", dialect.OpenAI, silent, "tiny")
	stays := upstream(t, "ollama", dialect.OpenAI, silent, "other")
	g := newRig(t, nil, gone, stays)
	mine, other := openStream(t, g, testKey), do(t, g.request("POST", "/v1/chat/completions", chat("other")))
	g.SetServers([]catalog.Server{stays})
	g.DropServer("studio")
	if code := lastError(t, mine); code != "server_removed" {
		t.Errorf("the stream ended with %q", code)
	}
	if g.DropServer("ollama"); lastError(t, other) != "server_removed" {
		t.Error("the other server's stream was not open any more")
	}
}

func TestDropServerBeforeItAnswered(t *testing.T) {
	h, began, ended := cancelled(false)
	s := upstream(t, "studio", dialect.OpenAI, h, "tiny")
	g := newRig(t, nil, s)
	go func() {
		<-began
		g.SetServers(nil)
		g.DropServer("studio")
	}()
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	code, message := errorOf(t, body)
	if res.StatusCode != 503 || code != "server_removed" || message != "Studio is no longer available." {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	await.Done(t, "the server to be told", ended)
}

func TestSetServersLetsStreamsGoOn(t *testing.T) {
	step := make(chan struct{})
	s := upstream(t, "studio", dialect.OpenAI, stepped(step), "tiny")
	g := newRig(t, nil, s)
	res := openStream(t, g, testKey)
	g.SetServers(nil)
	g.DropServer("another")
	close(step)
	if rest := afterComments(t, res.Body); !strings.Contains(rest, "[DONE]") {
		t.Errorf("the stream ended with %q", rest)
	}
}

// TestServerDroppedWhileItIsChosen drops the server between the choice and its registration.
func TestServerDroppedWhileItIsChosen(t *testing.T) {
	g := &Gateway{}
	g.SetServers([]catalog.Server{describe(t, "studio", dialect.OpenAI, "http://127.0.0.1:1", "tiny")})
	epoch := g.calls.epoch()
	chosen := g.chooser.models().Find(catalog.Inquiry{Name: "tiny", Dialect: dialect.OpenAI})[0]
	g.SetServers(nil)
	g.DropServer("studio")
	c := &call{ctx: t.Context(), route: &route{dialect: dialect.OpenAI}}
	if g.calls.aim(c, chosen, epoch) {
		t.Error("the request went to a server that was just dropped")
	}
	q := asked{route: c.route, body: body.Empty(), model: body.Located{Value: "tiny"}}
	if _, f := g.choose(httptest.NewRequest("POST", "/", nil), c, &q); f == nil || f.Code != "server_unreachable" {
		t.Errorf("chosen again: %v", f)
	}
}
