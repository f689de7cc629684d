package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// arrow is an import that must never be, directly or through others.
type arrow struct{ from, to, why string }

// The house: cmd -> app/ui -> app -> {tunnel, discovery}; cmd, app/ui and tunnel -> assets.
var forbidden = []arrow{
	{"./tunnel/...", "modelbeam/discovery", "the gateway is told which servers there are; so it can be tested without looking for any"},
	{"./tunnel/...", "modelbeam/app", "the gateway is used by the core, and by others who embed it"},
	{"./tunnel/...", "fyne.io/", "the gateway runs where there is no screen"},
	{"./discovery/...", "modelbeam/tunnel", "looking around must not depend on what is done with the result"},
	{"./discovery/...", "modelbeam/app", "discovery is used by the core"},
	{"./discovery/...", "modelbeam/assets", "discovery shows nothing to anybody"},
	{"./discovery/...", "fyne.io/", "discovery runs where there is no screen"},
	{"./discovery/sockets", "modelbeam/discovery/llm", "who listens on a machine is a fact, whatever is looked for"},
	{"./discovery/llm", "modelbeam/discovery/lan", "servers are looked for on this machine, which takes no network"},
	{"./discovery/llm", "modelbeam/discovery/mdns", "servers are found by their answers, not by what they announce"},
	{"./discovery/lan", "modelbeam/discovery/llm", "which addresses a machine has does not depend on what runs on it"},
	{"./discovery/mdns", "modelbeam/discovery/llm", "what is announced is told by the core"},
	{"./app", "modelbeam/app/ui", "the core tells its State; who renders it is not its business"},
	{"./app", "fyne.io/", "the core runs without a window: in a terminal, on a server, in tests"},
	{"./app/...", "modelbeam/cmd", "commands are the outermost layer, and what tests share stays out of the product"},
	{"./tunnel/...", "modelbeam/cmd", "commands are the outermost layer, and what tests share stays out of the product"},
	{"./discovery/...", "modelbeam/cmd", "commands are the outermost layer, and what tests share stays out of the product"},
	{"./assets", "modelbeam/app", "assets are files, they know nobody"},
	{"./assets", "modelbeam/tunnel", "assets are files, they know nobody"},
	{"./assets", "modelbeam/discovery", "assets are files, they know nobody"},
	{"./assets", "fyne.io/", "the terminal command has the assets too"},
	{"./cmd/e2e/...", "modelbeam/app", "await and readme serve the tests of every package"},
	{"./cmd/e2e/...", "modelbeam/tunnel", "await and readme serve the tests of every package"},
	{"./cmd/e2e/...", "modelbeam/discovery", "await and readme serve the tests of every package"},
	{"./cmd/beam", "modelbeam/cmd/e2e", "what tests share stays out of the product"},
	{"./cmd/beam", "modelbeam/app/ui", "beam is for machines without a screen"},
	{"./cmd/beam", "fyne.io/", "beam is for machines without a screen"},
}

// TestArrows holds the direction of the imports, on every system that we build for: files for
// one system only could break it where nobody looks.
func TestArrows(t *testing.T) {
	for _, system := range []string{"linux", "windows", "darwin"} {
		for _, a := range forbidden {
			for _, dep := range list(t, system, "-deps", "-f", "{{.ImportPath}}", a.from) {
				if strings.HasPrefix(dep+"/", a.to) {
					t.Errorf("%s: %s must not import %s: %s", system, a.from, dep, a.why)
				}
			}
		}
	}
}

// TestBeamNeedsNoC holds that beam builds for every system from any other: a package with
// cgo files would end that. The standard library's have twins in Go.
func TestBeamNeedsNoC(t *testing.T) {
	const cgo = "{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}"
	for _, pkg := range list(t, "linux", "-deps", "-f", cgo, "./cmd/beam") {
		t.Errorf("cmd/beam must not depend on %s, which needs a C compiler", pkg)
	}
}

// list runs go list in the project's folder as if on another system, and returns its lines.
func list(t *testing.T, system string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-tags=migrated_fynedo"}, args...)...)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %q: %v\n%s", args, err, &stderr)
	}
	return strings.Fields(string(out))
}
