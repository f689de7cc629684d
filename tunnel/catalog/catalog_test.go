package catalog

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"modelbeam/tunnel/dialect"
)

// server is one that speaks OpenAI's API and has the models.
func server(id string, models ...string) Server {
	s := Server{ID: id, Name: id, URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Dialects: dialect.OpenAI}
	for _, m := range models {
		s.Models = append(s.Models, Model{ID: m})
	}
	return s
}

func TestNamesAndTargets(t *testing.T) {
	front := server("front", "shared", "own")
	front.Quirks.Fronts = true
	c := New([]Server{server("a", "shared", "x@y"), server("b", "shared", "embed:latest"), front}, nil)
	if got, want := c.Names(nil), []string{"shared", "x@y", "shared@b", "embed:latest", "own"}; !slices.Equal(got, want) {
		t.Errorf("listed as %q, want %q", got, want)
	}
	for name, want := range map[string]string{
		"shared": "a b front", "shared@b": "b", "shared@front": "front", "x@y": "a", "own": "front", "embed": "b", "EMBED": "b",
		"shared@nobody": "", "nothing": "", "@b": "",
	} {
		got := ""
		for i, target := range c.Resolve(name, dialect.OpenAI) {
			if i > 0 {
				got += " "
			}
			got += target.ServerID()
		}
		if got != want {
			t.Errorf("%q is asked of %q, want %q", name, got, want)
		}
	}
}

func TestPassHidesModels(t *testing.T) {
	c := New([]Server{server("a", "mine", "yours")}, nil)
	guest := &Pass{Models: []string{"mine"}}
	if got := c.Names(guest); !slices.Equal(got, []string{"mine"}) {
		t.Errorf("a guest sees %q", got)
	}
	for name, want := range map[string]int{"mine": 1, "yours": 0, "mine@a": 1, "yours@a": 0} {
		if got := c.Find(Inquiry{Name: name, Dialect: dialect.OpenAI, Pass: guest}); len(got) != want {
			t.Errorf("%q: %d targets for a guest, want %d", name, len(got), want)
		}
	}
}

// What is remembered of servers that left is bounded: a server may list new names each time.
func TestMemoryOfModelsThatAreGoneIsBounded(t *testing.T) {
	var c *Catalog
	for i := range 3 {
		var models []string
		for j := range maxGone {
			models = append(models, fmt.Sprintf("model-%d-%d", i, j))
		}
		c = New([]Server{server("a", models...)}, c)
	}
	c = New(nil, c)
	if n := len(c.gone); n != maxGone {
		t.Errorf("%d models are remembered, want %d", n, maxGone)
	}
	if got := c.Gone("model-0-1"); got != "a" {
		t.Errorf("the first of them were on %q", got)
	}
}

func TestModelThatIsGoneAndComesBack(t *testing.T) {
	c := New(nil, New([]Server{server("studio", "m:latest")}, nil))
	for _, name := range []string{"m", "m:latest", "m@studio"} {
		if got := c.Gone(name); got != "studio" {
			t.Errorf("%q was on %q", name, got)
		}
	}
	if c = New([]Server{server("studio", "m:latest")}, c); c.Gone("m") != "" {
		t.Error("it counts as gone though it is back")
	}
}
