// Package story says what there is to do next, from a computer with nothing on it to a phone that chats. It goes by
// how things are and not by what was pressed, so that a window that was closed in the middle goes on where it was.
package story

import (
	"slices"

	"modelbeam/app"
	"modelbeam/app/download"
)

// Chapter is where in the story a computer is: at each there is one thing to do.
type Chapter string

const (
	Looking  Chapter = "looking"   // for AI apps
	GetApp   Chapter = "get-app"   // there is none
	StartApp Chapter = "start-app" // there is one, which is not running
	GetModel Chapter = "get-model" // it is running, and has no model
	Coming   Chapter = "coming"    // a model is on its way
	Unhide   Chapter = "unhide"    // there are models, which phones may not use
	Code     Chapter = "code"      // a phone can scan it
	Away     Chapter = "away"      // something else has to be done first, which the State tells
)

// Step is what to do, and with what. It is comparable on purpose.
type Step struct {
	Chapter Chapter
	Name    string // of the AI app, in all chapters that are about one
	Help    string // StartApp, Coming: the kind for Controller.Help, empty where only the person can start it
	Text    string // StartApp: what is wrong, a pattern over Name
	Action  string // StartApp, Coming: the words of the button, a pattern over Name
	Gets    bool   // GetModel: there is something to choose from
	ID      string // Coming: the download's
	Failed  bool   // Coming: it does not at the moment
}

// Of is the step that a State is at. trying says that the person wants to try the demo first.
func Of(s app.State, trying bool) Step {
	switch s.Phase {
	case app.Searching:
		return Step{Chapter: Looking}
	case app.Empty, app.Sharing:
		return ofServers(s, trying)
	}
	return Step{Chapter: Away}
}

func ofServers(s app.State, trying bool) Step {
	own := own(s.Servers)
	switch {
	case len(own) == 0:
		return withoutServer(s, trying)
	case s.Models() > 0:
		return Step{Chapter: Code}
	case slices.ContainsFunc(s.Downloads, app.Download.Running):
		return coming(s)
	case slices.ContainsFunc(own, busy):
		return Step{Chapter: Code}
	case len(s.Downloads) > 0:
		return coming(s)
	case slices.ContainsFunc(own, hides):
		return Step{Chapter: Unhide}
	}
	return withoutModel(own)
}

// own are the servers that count: those of this person, and a demo that was asked for.
func own(servers []app.Server) []app.Server {
	return slices.DeleteFunc(slices.Clone(servers), func(srv app.Server) bool {
		return !srv.Online && !srv.Manual || srv.Demo() && !srv.Manual || srv.User != "" && srv.Hidden
	})
}

// busy says that a server has something to say of its own: that it loads, wants a key, or is gone; or is the demo.
func busy(srv app.Server) bool { return srv.Loading || srv.NeedsKey || !srv.Online || srv.Demo() }

func hides(srv app.Server) bool {
	return len(srv.HiddenModels) > 0 || srv.Hidden && len(srv.Models) > 0
}

// withoutServer is about a computer on which no AI app answers. A model that was on its way stays in sight, so that
// nobody takes it for lost: whatever has to be done for it stands beside it.
func withoutServer(s app.State, trying bool) Step {
	d, unfinished := s.Unfinished()
	h, asleep := s.ToStart()
	switch {
	case unfinished && d.Running():
		return coming(s)
	case (trying || s.JustPaired != "") && s.OnlyDemo():
		return Step{Chapter: Code}
	case unfinished && asleep && h.Action != "" && h.Of(d):
		return coming(s)
	case asleep:
		return Start(h)
	}
	return Step{Chapter: GetApp}
}

// Start is to start the AI app that a hint is about.
func Start(h app.Hint) Step {
	step := Step{Chapter: StartApp, Name: h.Name, Text: h.Text, Action: h.Action}
	if h.Action != "" {
		step.Help = h.Kind
	}
	return step
}

// withoutModel is about the server that can get a model, or else the first.
func withoutModel(own []app.Server) Step {
	at := max(slices.IndexFunc(own, func(srv app.Server) bool { return srv.Gets }), 0)
	return Step{Chapter: GetModel, Name: own[at].Name, Gets: own[at].Gets || own[at].ModelsPage != ""}
}

// coming is about the download that goes on, or else one that does not, or else the last: its model is there in a
// moment. Where the AI app that gets it has to be started first, that is what there is to do.
func coming(s app.State) Step {
	d, unfinished := s.Unfinished()
	if !unfinished {
		return Step{Chapter: Coming, ID: s.Downloads[len(s.Downloads)-1].ID}
	}
	step := Step{Chapter: Coming, ID: d.ID, Failed: !d.Running() || d.Failure != nil}
	if h, ok := s.ToStart(); ok && h.Action != "" && h.Of(d) {
		step.Name, step.Help, step.Action, step.Failed = h.Name, h.Kind, h.Action, true
	}
	return step
}

// Stuck says that a download does not go on at the moment, though who gets it is there: to try it again may help.
func Stuck(d app.Download) bool {
	return d.Running() && d.Failure != nil && d.Failure.Cause != download.ServerGone
}

// OnStage reports whether a hint is what the step is about, so that it needs no second place.
func (s Step) OnStage(h app.Hint) bool {
	switch s.Chapter {
	case GetModel, Unhide:
		return h.Kind == "no-model"
	case Coming:
		return h.Kind == "no-model" || s.Help != "" && h.Asleep()
	case StartApp:
		return h.Asleep()
	}
	return false
}
