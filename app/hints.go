package app

import (
	"context"
	"slices"

	"modelbeam/app/launch"
	"modelbeam/discovery/llm"
)

// The kinds of hints about servers that are there.
const (
	kindNoModel   = "no-model"   // it has nothing to share yet
	kindOtherUser = "other-user" // it belongs to another user of this machine
	kindLoading   = "loading"    // its model is being loaded
)

// hintKind names a hint for scripts and for Help: "ollama-not-running", "lmstudio-server-off".
func hintKind(h llm.Hint) string { return h.Kind + "-" + string(h.Reason) }

// hinted takes what the scanner knows of servers that are not there.
func (s *servers) hinted(hints []llm.Hint) {
	s.mu.Lock()
	s.hints = hints
	s.mu.Unlock()
	s.changed()
}

// hintsFor are the hints for a person who sees those servers. Somebody who already shares one server
// needs no reminder that another is installed.
func (s *servers) hintsFor(all []listing) []Hint {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Hint
	for _, l := range all {
		switch {
		case l.User != "" && l.Hidden:
			out = append(out, wordServer(kindOtherUser, l.Name))
		case l.Online && l.Loading:
			out = append(out, wordServer(kindLoading, l.Name))
		case l.Online && !l.NeedsKey && len(l.llm.Models) == 0 && !l.llm.Quirks.Fronts:
			out = append(out, wordServer(kindNoModel, l.Name))
		}
	}
	if slices.ContainsFunc(all, func(l listing) bool { return l.Online && !l.Demo() && !l.Hidden && len(l.llm.Models) > 0 }) {
		return out
	}
	for _, h := range s.hints {
		out = append(out, wordHint(h))
	}
	return out
}

// startable returns the hint of that kind if there is a program to start.
func (s *servers) startable(kind string) (llm.Hint, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.hints, func(h llm.Hint) bool { return hintKind(h) == kind && h.Start != nil })
	if i < 0 {
		return llm.Hint{}, false
	}
	return s.hints[i], true
}

// Help does what the button of the hint of that kind says: it starts the server, or takes note that the person read
// the hint. The server keeps running, even when Modelbeam ends.
func (c *Controller) Help(kind string) {
	if kind == kindClosedLid {
		c.computer.lidRead()
		return
	}
	h, ok := c.servers.startable(kind)
	if !ok {
		return // it has started meanwhile
	}
	c.news.problem(ProblemNotStarted, nil)
	c.background.begin(func(ctx context.Context) {
		if err := launch.Run(ctx, h.Start, nil); err != nil {
			c.news.problem(ProblemNotStarted, notStarted(h.Name, err))
		}
	})
}
