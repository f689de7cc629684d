package tunnel

import (
	"strings"
	"testing"
)

func TestDropServerEndsItsStreams(t *testing.T) {
	gone := upstream(t, "studio", OpenAI, silent, "tiny")
	stays := upstream(t, "ollama", OpenAI, silent, "other")
	g := newRig(t, nil, gone, stays)
	mine, other := openStream(t, g, testKey), do(t, g.request("POST", "/v1/chat/completions", chat("other")))
	g.SetServers([]Server{stays})
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
	s := upstream(t, "studio", OpenAI, h, "tiny")
	g := newRig(t, nil, s)
	go func() {
		<-began
		g.SetServers(nil)
		g.DropServer("studio")
	}()
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	code, message := errorOf(t, body)
	if res.StatusCode != 503 || code != "server_removed" || message != "Studio is no longer shared." {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	waitFor(t, "the server to be told", ended)
}

func TestSetServersLetsStreamsGoOn(t *testing.T) {
	step := make(chan struct{})
	s := upstream(t, "studio", OpenAI, stepped(step), "tiny")
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
	g.SetServers([]Server{describe(t, "studio", OpenAI, "http://127.0.0.1:1", "tiny")})
	epoch := g.calls.epoch()
	chosen := g.models().choose(inquiry{name: "tiny", dialect: OpenAI})[0]
	g.SetServers(nil)
	g.DropServer("studio")
	c := &call{ctx: t.Context(), route: &route{dialect: OpenAI}}
	if g.calls.aim(c, chosen, epoch) {
		t.Error("the request went to a server that was just dropped")
	}
	if f := g.pick(c, "tiny"); f == nil || f.code != "server_unreachable" {
		t.Errorf("chosen again: %v", f)
	}
}
