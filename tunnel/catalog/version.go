package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"modelbeam/tunnel/dialect"
)

// ollamaVersion is the level of Ollama's API that is spoken here, whatever a server's own is: 0.6.4
// brought the capabilities to /api/show, and VS Code's Copilot wants no less
// (MINIMUM_OLLAMA_VERSION in microsoft/vscode-copilot-chat). Clients compare it with the version that
// brought the functions they need.
const ollamaVersion = "0.6.4"

// versionForm is how a version begins as Ollama has it. Something may follow: "0.12.0-rc1".
var versionForm = regexp.MustCompile(`^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})`)

// OllamaVersion is the answer to GET /api/version: the version of the first server of Ollama's API, or our
// own level where that is higher.
func (c *Catalog) OllamaVersion() string {
	for _, s := range c.Serving(dialect.Ollama) {
		if !s.Speaks(dialect.Ollama) || parseVersion(s.Version) == nil {
			continue
		}
		if !older(s.Version, ollamaVersion) {
			return strings.TrimPrefix(s.Version, "v")
		}
		break
	}
	return ollamaVersion
}

// ShowsAbilities reports whether s tells in /api/show what a model can do, as OllamaVersion promises.
func (s *Server) ShowsAbilities() bool { return !older(s.Version, ollamaVersion) }

// older reports whether version a is before b. One that cannot be read is.
func older(a, b string) bool {
	return slices.CompareFunc(parseVersion(a), parseVersion(b), cmp.Compare[int]) < 0
}

// parseVersion returns a version's numbers, or nil.
func parseVersion(version string) []int {
	var numbers []int
	for _, text := range versionForm.FindStringSubmatch(version) {
		if n, err := strconv.Atoi(text); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
