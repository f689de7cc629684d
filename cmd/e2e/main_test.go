// Package e2e proves that the product works on the real thing: a real Ollama with a model, a
// real window on a (virtual) screen, a real browser as the phone, a real second machine on the
// network. It has only tests; make test runs them, make setup installs what they need.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
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
