package words

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"modelbeam/app"
)

// Values fills the {{.Name}} fields of a translated text.
type Values = map[string]any

// Headline says in one sentence how things are.
func Headline(s app.State) string {
	switch s.Phase {
	case app.Empty:
		return lang.L("No AI app found on this computer")
	case app.Sharing:
		return sharing(s)
	case app.Paused:
		return lang.L("Sharing is paused")
	case app.Offline:
		return lang.L("Phones cannot reach this computer")
	case app.Failed:
		return lang.L("Phones cannot connect right now")
	}
	return lang.L("Looking for AI apps on this computer…")
}

func sharing(s app.State) string {
	if OnlyDemo(s) {
		return lang.L("No AI app found yet: phones can try the built-in demo")
	}
	names, models := shared(s)
	v := Values{"Servers": list(names), "Count": models}
	loading := named(s, func(srv app.Server) bool { return srv.Loading })
	locked := named(s, func(srv app.Server) bool { return srv.NeedsKey })
	switch {
	case models > 0:
	case len(loading) > 0:
		return lang.L("{{.Servers}} is loading its model…", Values{"Servers": list(loading)})
	case len(locked) > 0:
		return lang.L("{{.Servers}} wants a key", Values{"Servers": list(locked)})
	case hidesModels(s):
		return lang.L("Nothing is shared with phones")
	default:
		return lang.L("Found {{.Servers}}, but no models yet", v)
	}
	if models == 1 {
		return lang.L("Sharing 1 model from {{.Servers}}", v)
	}
	return lang.L("Sharing {{.Count}} models from {{.Servers}}", v)
}

// shared names the servers that phones may use, each name once, and counts their models. The
// demo model does not count beside real ones.
func shared(s app.State) (names []string, models int) {
	use := func(srv app.Server) bool { return !srv.NeedsKey && !srv.Loading }
	for _, srv := range s.Servers {
		if srv.Online && !srv.Demo() && !srv.Hidden && use(srv) {
			models += len(srv.Models)
		}
	}
	return named(s, use), models
}

// named are the names of the shared servers for which ok holds, each once.
func named(s app.State, ok func(app.Server) bool) (names []string) {
	for _, srv := range s.Servers {
		name := OneLine(srv.Name)
		if srv.Online && !srv.Demo() && !srv.Hidden && ok(srv) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// hidesModels reports whether the person keeps something from phones.
func hidesModels(s app.State) bool {
	return slices.ContainsFunc(s.Servers, func(srv app.Server) bool { return srv.Hidden || len(srv.HiddenModels) > 0 })
}

// OnlyDemo says that the demo model is all there is.
func OnlyDemo(s app.State) bool {
	demo := false
	for _, srv := range s.Servers {
		if srv.Online && !srv.Demo() && !(srv.User != "" && srv.Hidden) {
			return false
		}
		demo = demo || srv.Demo()
	}
	return demo
}

// list is "Ollama", "Ollama and LM Studio" or "Ollama, LM Studio and 2 more".
func list(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	case 2:
		return lang.L("{{.First}} and {{.Second}}", Values{"First": names[0], "Second": names[1]})
	}
	return lang.L("{{.First}}, {{.Second}} and {{.Count}} more",
		Values{"First": names[0], "Second": names[1], "Count": len(names) - 2})
}

// Subline adds to the headline: who is being answered, how phones see this computer, or what it
// means for them.
func Subline(s app.State) string {
	switch s.Phase {
	case app.Sharing:
		return reach(s)
	case app.Empty:
		return lang.L("Phones have nothing to chat with yet.")
	case app.Paused:
		return lang.L("Phones get no answers until you resume.")
	case app.Offline:
		return lang.L("Phones reach this computer over your Wi-Fi.")
	case app.Failed:
		return lang.L("One thing needs your help.")
	}
	return lang.L("This takes a moment.")
}

func reach(s app.State) string {
	if _, models := shared(s); models == 0 && hidesModels(s) {
		return lang.L("Turn something on under Models.")
	}
	var busy []string
	for _, d := range s.Devices {
		if d.Active > 0 {
			busy = append(busy, OneLine(d.Name))
		}
	}
	switch {
	case len(busy) > 0:
		return lang.L("Answering {{.Names}}", Values{"Names": list(busy)})
	case s.Name != "":
		return lang.L("Phones see this computer as {{.Name}}", Values{"Name": OneLine(s.Name)})
	}
	return ""
}

// Problem translates one of a Problem's texts, which are patterns over its Params.
func Problem(p *app.Problem, pattern string) string {
	return Filled(pattern, p.Params)
}

// Filled translates a pattern of the core's and fills it in.
func Filled(pattern string, params map[string]string) string {
	if pattern == "" {
		return ""
	}
	return OneLine(lang.L(pattern, params))
}

// OneLine keeps a name that came from elsewhere from breaking the layout.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
