// Package e2e proves that the product works on the real thing: a real Ollama with a model, a
// real window on a (virtual) screen, a real browser as the phone, a real second machine on the
// network. It has only tests; make test runs them, make setup installs what they need.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// binaries is where the commands under test are built.
var binaries string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "modelbeam-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binaries = dir
	_ = os.Setenv("MODELBEAM_LANG", "en") // whatever this machine speaks
	_ = os.Setenv("PATH", withoutTools(os.Getenv("PATH")))
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// withoutTools is a PATH on which no program of the tests is. A Modelbeam that sees one there, as Ollama, takes it for one that
// the person has installed, and offers to start it.
func withoutTools(path string) string {
	return strings.Join(slices.DeleteFunc(filepath.SplitList(path), func(dir string) bool {
		return strings.HasSuffix(dir, filepath.Join(".tools", "bin"))
	}), string(filepath.ListSeparator))
}

var (
	buildBeam      = sync.OnceValues(func() (string, error) { return build("beam") })
	buildModelbeam = sync.OnceValues(func() (string, error) { return build("modelbeam") })
)

// build builds a command as a person gets it.
func build(name string) (string, error) {
	path := filepath.Join(binaries, name)
	cmd := exec.Command("go", "build", "-tags=migrated_fynedo", "-o", path, "./cmd/"+name)
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return path, nil
}
