package llm

import (
	"cmp"
	"slices"

	"golang.org/x/mod/semver"

	"modelbeam/discovery/sockets"
)

// kind is all that is known of one kind of server: a row of the table. A new one goes into kinds_owner.go when
// the server signs its models with its name, into kinds_page.go when something else gives it away at once, and
// else into kinds_question.go; its recorded answers go into testdata.
type kind struct {
	id    string // Server.Kind
	name  string // Server.Name
	ports []int  // where it usually listens; none for one that takes any free port

	// is tells this kind from every other. Its checks must work without a key and must not make the
	// server do anything. They should begin with what other rows ask too, because a visit asks each
	// path only once.
	is check
	// elsewhere, if set, must hold before is may ask at a port that is not usual for this kind. It
	// keeps questions that only this kind understands away from all other servers.
	elsewhere check

	// programs are names of its processes, in lower case, unless other programs share them. A port
	// that belongs to one of them is worth more than one visit while the server starts.
	programs []string
	app      *app // nil: there are no hints about it while it is not running
	// engine says that other servers start it to run their models.
	engine bool

	dialects Dialect
	paths    Paths        // where they begin, as far as that is not the usual place
	version  fact         // nil: the server does not say
	models   lister       // nil: the list of the OpenAI dialect
	more     func() []int // ports that this machine's configuration names; nil: none

	quirks Quirks // a row names the source of each

	// since is the release that brought a dialect which older ones lack.
	since map[Dialect]string
}

// speaks returns the dialects of one release of the kind. A server that does not tell its version, or was
// built from no release, is taken for a new one.
func (k *kind) speaks(version string) Dialect {
	all := k.dialects
	for d, since := range k.since {
		if v := "v" + version; semver.IsValid(v) && v != "v0.0.0" && semver.Compare(v, "v"+since) < 0 {
			all &^= d
		}
	}
	return all
}

// table returns a new table, to which the caller may add ports.
//
// The order of the rows matters twice: servers are listed in it, and where two rows could both be right
// the first one wins. Rows that "GET /" decides come first; then those that "GET /v1/models" decides, by
// the owner that most servers write on their models; then those that take one more question, which is
// asked only of what is known to be an LLM server; and last the row that takes every server of the OpenAI
// dialect. So a web application hears two questions and no more.
func table() []kind {
	all := slices.Concat(byPage(), byOwner(), byQuestion(), []kind{unknown()})
	for i := range all {
		complete(&all[i])
	}
	return all
}

// complete fills in what rows may leave out because it is the same for nearly all.
func complete(k *kind) {
	k.paths = k.paths.orUsual()
	if k.models == nil {
		k.models = listAt(k.paths.OpenAI + "/models")
	}
}

// orUsual fills in the usual places.
func (p Paths) orUsual() Paths {
	return Paths{
		OpenAI: cmp.Or(p.OpenAI, "/v1"), Ollama: cmp.Or(p.Ollama, "/api"), Anthropic: cmp.Or(p.Anthropic, "/v1"),
	}
}

// runsIn says whether a process is one of the kind's own.
func (k *kind) runsIn(p sockets.Process) bool { return slices.Contains(k.programs, plainName(p.Name)) }

// usual says whether port is a usual one of the kind.
func (k *kind) usual(port int) bool { return slices.Contains(k.ports, port) }

// unknown is the row for servers of the OpenAI dialect that no other row recognises. Its ports are those that
// other products use for that dialect, and those that people like to choose.
func unknown() kind {
	return kind{
		id: "openai", name: "OpenAI-compatible server", dialects: OpenAI, engine: true,
		// Another Modelbeam's demo is not worth sharing.
		is:    all(openAI, not(owner("modelbeam"))),
		ports: []int{8000, 8001, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088, 8089, 8090, 3000, 3001, 5000},
	}
}
