package words

import (
	"slices"

	"modelbeam/app"
	"modelbeam/app/download"
)

// missing says that there is no AI app to share, and where that is known why: it has to be started, say.
func missing(s app.State) string {
	switch why := reasonFor(s); {
	case why != "":
		return why
	case s.Phase == app.Sharing:
		return L("No AI app found yet: phones can try the built-in demo")
	}
	return L("No AI app found on this computer")
}

// Meanwhile says that phones can try the demo, where the Headline has something else to say; empty otherwise.
func Meanwhile(s app.State) string {
	if s.Phase != app.Sharing || !s.OnlyDemo() || reasonFor(s) == "" {
		return ""
	}
	return L("Until then, phones can try the built-in demo.")
}

// reasonFor says why an AI app that we know of cannot be shared; empty where we know of none. What there is to do
// about it is said elsewhere, so this must be about the same one: the one that a model waits for comes first.
func reasonFor(s app.State) string {
	if h, ok := s.ToStart(); ok {
		name := Values{"Name": OneLine(h.Name)}
		if h.ServerOff() {
			return L("{{.Name}} is not ready for phones yet", name)
		}
		return L("{{.Name}} is not running", name)
	}
	if d, ok := s.Unfinished(); ok && d.Running() {
		return waitsFor(d)
	}
	switch away := silent(s); {
	case len(away) == 1:
		return L("{{.Name}} does not answer", Values{"Name": away[0]})
	case len(away) > 1:
		return L("{{.Servers}} do not answer", Values{"Servers": list(away)})
	}
	if slices.ContainsFunc(s.Servers, func(srv app.Server) bool { return srv.User != "" }) {
		return L("You have no AI app of your own yet")
	}
	return ""
}

// waitsFor is about a model on its way, while nobody is there who gets it.
func waitsFor(d app.Download) string {
	if d.Failure == nil {
		return L("Your model is on its way") // it has ended just now, and that will be told in a moment
	}
	if name := OneLine(d.Failure.Params["Server"]); d.Failure.Cause == download.ServerGone && name != "" {
		return L("{{.Name}} does not answer", Values{"Name": name})
	}
	return L("Your model has not arrived yet")
}

// silent are the names of the servers that were added by hand and do not answer, each once.
func silent(s app.State) (names []string) {
	for _, srv := range s.Servers {
		if name := OneLine(srv.Name); srv.Manual && !srv.Online && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
