package main

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"modelbeam/app"
	"modelbeam/discovery/llm"
)

// TestNamesOfOthersStayNames prints what a hostile server says of itself: one line, in which a
// terminal finds no command.
func TestNamesOfOthersStayNames(t *testing.T) {
	const name = "a\x1b]0;PWNED\x07\x1b[2J\nOllama2 http://evil\u009b31m"
	server := llm.Server{Kind: name, Name: name, Version: name, URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}}
	server.Models = []llm.Model{{ID: name}}
	var text, object bytes.Buffer
	if err := printServer(&text, server, false); err != nil {
		t.Fatal(err)
	}
	if err := printServer(&object, server, true); err != nil {
		t.Fatal(err)
	}
	screen := (&terminal{}).screen(app.State{
		Phase: app.Sharing, JustPaired: name,
		Servers: []app.Server{{Name: name, Online: true}},
		Devices: []app.Device{{Name: name}},
		Problem: &app.Problem{Title: "{{.Name}} fails.", Params: map[string]string{"Name": name}},
	})
	for what, printed := range map[string]string{"text": text.String(), "json": object.String(), "screen": screen} {
		if strings.ContainsFunc(strings.ReplaceAll(printed, "\n", ""), unicode.IsControl) {
			t.Errorf("%s: a control character in %q", what, printed)
		}
		for line := range strings.Lines(printed) {
			if strings.HasPrefix(line, "Ollama2") {
				t.Errorf("%s: a forged line in %q", what, printed)
			}
		}
	}
}

// TestScanTellsWhy: what stands behind a server without models is why it has none.
func TestScanTellsWhy(t *testing.T) {
	models := []llm.Model{{ID: "tiny"}, {ID: "big:cloud", Cloud: "ollama.com"}}
	for want, server := range map[string]llm.Server{
		"needs a key":          {NeedsKey: true, Models: models},
		"is loading its model": {Loading: true},
		"has no model yet":     {},
		"tiny, big:cloud (answers come from ollama.com)":           {Models: models},
		"has no model yet (of anna, not shared unless you say so)": {User: "anna"},
	} {
		server.URL = &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
		var text, object bytes.Buffer
		if err := errors.Join(printServer(&text, server, false), printServer(&object, server, true)); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(text.String(), "  "+want+"\n") {
			t.Errorf("printed %q, want %q", text.String(), want)
		}
		for field, has := range map[string]bool{`"loading":true`: server.Loading, `"cloud_models":{"big:cloud":"ollama.com"}`: server.Models != nil} {
			if strings.Contains(object.String(), field) != has {
				t.Errorf("printed %s, with %s: want %v", object.String(), field, has)
			}
		}
	}
}
