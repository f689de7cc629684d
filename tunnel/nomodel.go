package tunnel

import (
	"fmt"
	"strconv"
	"strings"
)

// errModel says that a model is not there, and which are.
func (g *Gateway) errModel(m inquiry) *failure {
	f := &failure{status: 404, code: "model_not_found", param: "model"}
	f.message = fmt.Sprintf("There is no model %q on %s. ", m.name, g.laptop())
	if m.name == "" {
		f.message = "This request names no model. "
	}
	var names []string
	for _, e := range g.models().shown(m.pass) {
		if e.server.serves(m.dialect) {
			names = append(names, e.listed)
		}
	}
	f.message += nextModel(names)
	return f
}

// nextModel says which models there are, or enough of them to see how they are called.
func nextModel(names []string) string {
	const few = 4
	switch n := len(names); {
	case n == 0:
		return "Load one there first."
	case n == 1:
		return fmt.Sprintf("The one that is there is %q.", names[0])
	case n <= few:
		return fmt.Sprintf("Choose one of %s or %q.", quoted(names[:n-1]), names[n-1])
	}
	return fmt.Sprintf("Choose one of %s, or another one from the list of models.", quoted(names[:few-1]))
}

func quoted(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = strconv.Quote(name)
	}
	return strings.Join(all, ", ")
}
