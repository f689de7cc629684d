package app

import (
	"context"
	"slices"
	"strings"

	"modelbeam/app/download"
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

// Asleep says that the hint is about an AI app on this computer that does not answer: it is not running, or ServerOff.
func (h Hint) Asleep() bool {
	return h.ServerOff() || strings.HasSuffix(h.Kind, "-"+string(llm.NotRunning))
}

// ServerOff says that it is about an AI app whose window is open, while what answers phones is switched off.
func (h Hint) ServerOff() bool { return strings.HasSuffix(h.Kind, "-"+string(llm.ServerOff)) }

// ToStart is the hint about the AI app that there is to start: of several that sleep the one that has a model to
// finish, else the first. While a model waits for another AI app there is none: that one matters more.
func (s State) ToStart() (Hint, bool) {
	d, unfinished := s.Unfinished()
	if i := slices.IndexFunc(s.Hints, func(h Hint) bool { return unfinished && h.Of(d) }); i >= 0 {
		return s.Hints[i], true
	}
	i := slices.IndexFunc(s.Hints, Hint.Asleep)
	if i < 0 || unfinished && d.Running() {
		return Hint{}, false
	}
	return s.Hints[i], true
}

// Of says that the hint is about the AI app that gets a model, and that it sleeps.
func (h Hint) Of(d Download) bool {
	return h.Kind == d.Server+"-"+string(llm.NotRunning) || h.Kind == d.Server+"-"+string(llm.ServerOff)
}

// Unfinished is the model on its way that goes on by itself, or else one that waits for the person.
func (s State) Unfinished() (Download, bool) {
	at := slices.IndexFunc(s.Downloads, Download.Running)
	if at < 0 {
		at = slices.IndexFunc(s.Downloads, func(d Download) bool { return d.Phase != download.Done })
	}
	if at < 0 {
		return Download{}, false
	}
	return s.Downloads[at], true
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
