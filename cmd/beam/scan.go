package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"modelbeam/app"
	"modelbeam/app/plain"
	"modelbeam/discovery/llm"
)

// found is what --json prints of one server.
type found struct {
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	URL      string   `json:"url"`
	Version  string   `json:"version,omitempty"`
	Models   []string `json:"models"`
	NeedsKey bool     `json:"needs_key,omitempty"`
	User     string   `json:"user,omitempty"` // another person of this machine, whose it is
}

// runScan is beam scan.
func runScan(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	words, err := parse(newFlags("beam scan", &o, stderr), args)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return fmt.Errorf("beam scan takes no %q", words[0])
	}
	scanner := llm.Scanner{Logger: o.NewLog(stderr)}
	servers := scanner.Scan(ctx)
	if len(servers) == 0 && !o.JSON {
		fmt.Fprintln(stdout, "No LLM server is running on this machine. Start Ollama, LM Studio or another one.")
	}
	for _, s := range servers {
		if err := printServer(stdout, s, o.JSON); err != nil {
			return err
		}
	}
	return nil
}

func printServer(w io.Writer, s llm.Server, asJSON bool) error {
	models := make([]string, len(s.Models))
	for i, m := range s.Models {
		models[i] = m.ID
	}
	if asJSON {
		return printer{out: w}.object(found{s.Kind, s.Name, s.URL.String(), s.Version, models, s.NeedsKey, s.User})
	}
	what := strings.Join(models, ", ")
	switch {
	case s.NeedsKey:
		what = "wants a key"
	case what == "":
		what = "has no model yet"
	}
	if s.User != "" {
		what += " (of the user " + s.User + ", not shared by itself)"
	}
	return plain.Printf(w, "%-16s %s  %s\n", s.Name, s.URL, what)
}
