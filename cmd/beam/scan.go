package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"modelbeam/app"
	"modelbeam/app/plain"
	"modelbeam/app/words"
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
	Loading  bool     `json:"loading,omitempty"`
	User     string   `json:"user,omitempty"` // another person on this computer, whose it is
	// CloudModels are those of Models that a service on the internet answers for, each with its host.
	CloudModels map[string]string `json:"cloud_models,omitempty"`
}

// runScan is beam scan.
func runScan(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	rest, err := parse("beam scan", &o, args, stderr)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("beam scan does not take %q", rest[0])
	}
	scanner := llm.Scanner{Logger: o.NewLog(stderr, slog.LevelWarn)}
	servers := scanner.Scan(ctx)
	if len(servers) == 0 && !o.JSON {
		fmt.Fprintln(stdout, words.L("No AI app is running on this computer. Start Ollama, LM Studio or another one."))
	}
	for _, s := range servers {
		if err := printServer(stdout, s, o.JSON); err != nil {
			return err
		}
	}
	return nil
}

func printServer(w io.Writer, s llm.Server, asJSON bool) error {
	if asJSON {
		return printer{out: w}.object(found{
			s.Kind, s.Name, s.URL.String(), s.Version, names(s.Models), s.NeedsKey, s.Loading, s.User, s.CloudModels(),
		})
	}
	what := modelsInWords(s)
	if s.User != "" {
		what += " (" + words.L("of {{.User}}, not shared unless you say so", words.Values{"User": s.User}) + ")"
	}
	return plain.Printf(w, "%-16s %s  %s\n", s.Name, s.URL, what)
}

func names(models []llm.Model) []string {
	all := make([]string, len(models))
	for i, m := range models {
		all[i] = m.ID
	}
	return all
}

// modelsInWords says which models a server has for whoever asks it now, or why it has none.
func modelsInWords(s llm.Server) string {
	switch {
	case s.NeedsKey:
		return words.L("needs a key")
	case s.Loading:
		return words.L("is loading its model")
	case len(s.Models) == 0:
		return words.L("has no model yet")
	}
	all := names(s.Models)
	for i, m := range s.Models {
		if m.Cloud != "" {
			all[i] += " (" + words.L("answers come from {{.Host}}", words.Values{"Host": m.Cloud}) + ")"
		}
	}
	return strings.Join(all, ", ")
}
