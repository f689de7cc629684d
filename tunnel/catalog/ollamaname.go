package catalog

import "strings"

// The parts of a model's name that Ollama fills in where they are missing.
const (
	usualHost      = "registry.ollama.ai"
	usualNamespace = "library"
	usualTag       = "latest"
)

// ollamaName is a model's whole name as Ollama reads it, for comparing: HOST/NAMESPACE/MODEL:TAG, with
// what is missing filled in and without regard to the case of letters. See ParseName and
// getExistingName of https://github.com/ollama/ollama, types/model/name.go and server/routes.go.
// It is of use for the models of other servers too, whose clients may have been Ollama's before.
func ollamaName(name string) string {
	name = strings.ToLower(name)
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	tag := usualTag
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	switch strings.Count(name, "/") {
	case 0:
		name = usualHost + "/" + usualNamespace + "/" + name
	case 1:
		name = usualHost + "/" + name
	}
	return name + ":" + tag
}
