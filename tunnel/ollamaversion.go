package tunnel

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ollamaVersion is the level of Ollama's API that is spoken here, whatever a server's own is: 0.6.4
// brought the capabilities to /api/show, and VS Code's Copilot wants no less
// (MINIMUM_OLLAMA_VERSION in microsoft/vscode-copilot-chat). Clients compare it with the version that
// brought the functions they need.
const ollamaVersion = "0.6.4"

// versionForm is how a version begins as Ollama has it. Something may stand behind: "0.12.0-rc1".
var versionForm = regexp.MustCompile(`^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})`)

// serveVersion answers GET /api/version with that of the first server of Ollama's API, or with our
// level where that is higher.
func (g *Gateway) serveVersion(w http.ResponseWriter, r *http.Request) {
	version := ollamaVersion
	for _, s := range g.models().serving(Ollama) {
		if !s.speaks(Ollama) || parseVersion(s.Version) == nil {
			continue
		}
		if !older(s.Version, ollamaVersion) {
			version = strings.TrimPrefix(s.Version, "v")
		}
		break
	}
	writeJSON(w, r, map[string]string{"version": version})
}

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
