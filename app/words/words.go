package words

import (
	"slices"
	"strings"
	"unicode"

	"modelbeam/app"
)

// Headline says in one sentence how things are.
func Headline(s app.State) string {
	switch s.Phase {
	case app.Empty:
		return missing(s)
	case app.Sharing:
		return sharing(s)
	case app.Paused:
		return L("Sharing is paused")
	case app.Offline:
		return L("Phones cannot reach this computer")
	case app.Failed:
		return L("Phones cannot connect right now")
	}
	return L("Looking for AI apps on this computer…")
}

func sharing(s app.State) string {
	if s.OnlyDemo() {
		return missing(s)
	}
	models := s.Models()
	v := Values{"Servers": list(named(s, func(srv app.Server) bool { return !srv.NeedsKey && !srv.Loading })), count: models}
	if models == 0 {
		return waiting(s, v)
	}
	return L("Sharing {{.Count}} models from {{.Servers}}", v)
}

// waiting says why phones have no model to use. One and many are texts of their own: only the one is named.
func waiting(s app.State, found Values) string {
	loading := named(s, func(srv app.Server) bool { return srv.Loading })
	locked := named(s, func(srv app.Server) bool { return srv.NeedsKey })
	switch {
	case len(loading) == 1:
		return L("{{.Server}} is loading its model…", Values{"Server": loading[0]})
	case len(loading) > 1:
		return L("{{.Servers}} are loading their models…", Values{"Servers": list(loading)})
	case len(locked) == 1:
		return L("{{.Server}} needs a key", Values{"Server": locked[0]})
	case len(locked) > 1:
		return L("{{.Servers}} need a key", Values{"Servers": list(locked)})
	case hidesModels(s):
		return L("Nothing is shared with phones")
	}
	return L("Found {{.Servers}}, but no models yet", found)
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

// list is "Ollama", "Ollama and LM Studio" or "Ollama, LM Studio and 2 more".
func list(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	case 2:
		return L("{{.First}} and {{.Second}}", Values{"First": names[0], "Second": names[1]})
	}
	return L("{{.First}}, {{.Second}} and {{.Count}} more",
		Values{"First": names[0], "Second": names[1], count: len(names) - 2})
}

// Subline adds to the headline: who is being answered, how phones see this computer, or what it
// means for them.
func Subline(s app.State) string {
	switch s.Phase {
	case app.Sharing:
		return reach(s)
	case app.Empty:
		return L("Phones have nothing to chat with yet.")
	case app.Paused:
		return L("Phones get no answers until you resume.")
	case app.Offline:
		return L("Phones reach this computer over your Wi-Fi.")
	case app.Failed:
		return L("Something needs your attention.")
	}
	return L("This takes a moment.")
}

func reach(s app.State) string {
	if s.Models() == 0 && hidesModels(s) && !s.OnlyDemo() {
		return L("Turn something on under Models.")
	}
	var busy []string
	for _, d := range s.Devices {
		if d.Active > 0 {
			busy = append(busy, OneLine(d.Name))
		}
	}
	switch {
	case len(busy) > 0:
		return L("Answering {{.Names}}", Values{"Names": list(busy)})
	case Meanwhile(s) != "":
		return Meanwhile(s)
	case s.Name != "":
		return L("Phones see this computer as {{.Name}}", Values{"Name": OneLine(s.Name)})
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
	l := speaking()
	value := func(name string) any { return param(name, params[name]) }
	return OneLine(l.fill(l.translated(pattern, value(count)), value))
}

// OneLine keeps a name that came from elsewhere from breaking the layout. No-break spaces stay: French has
// them before its colons.
func OneLine(s string) string {
	breaks := func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }
	return strings.Join(strings.FieldsFunc(s, breaks), " ")
}
