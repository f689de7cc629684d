package tunnel

import (
	"fmt"
	"slices"
	"strings"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/fault"
)

// managing are the functions of Ollama's API that change which models there are, with what to do
// instead (https://github.com/ollama/ollama/blob/main/docs/api.md).
var managing = map[string]struct{ what, command string }{
	"pull":   {"downloaded", "pull NAME"},
	"push":   {"published", "push NAME"},
	"create": {"created", "create NAME"},
	"blobs":  {"created", "create NAME"},
	"copy":   {"copied", "cp NAME COPY"},
	"delete": {"removed", "rm NAME"},
}

// unknown says that there is nothing at path, and where the person may have wanted to go.
func unknown(path string, laptop fault.Laptop, models *catalog.Catalog) *fault.Failure {
	hint := "Use an address that ends in /v1 for OpenAI-compatible apps, or without it for Ollama apps."
	rest, isAPI := strings.CutPrefix(path, "/api/")
	function, _, _ := strings.Cut(rest, "/")
	if k, ok := managing[function]; isAPI && ok {
		return laptop.ModelsKept(k.what, managedBy(models, k.command))
	}
	if isAPI || path == "/api" {
		hint = "Of Ollama's API it has tags, chat, generate, embed, embeddings, show, ps and version."
	}
	return fault.UnknownPath(hint)
}

// managedBy says how the person changes which models there are, in the AI app that is there.
func managedBy(c *catalog.Catalog, command string) string {
	servers := c.Servers
	switch {
	case len(servers) == 0:
		return "start Ollama, LM Studio or another AI app there"
	case slices.ContainsFunc(servers, func(s catalog.Server) bool { return strings.HasPrefix(s.Name, "Ollama") }):
		return fmt.Sprintf("run \"ollama %s\" there", command)
	}
	return fmt.Sprintf("use the AI app there, which is %s", servers[0].Name)
}
