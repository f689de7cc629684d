package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// missing ends a test that needs something which this machine does not have. Where CI=true
// nothing may be missing.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; make setup installs it", what)
	}
	t.Skipf("%s is missing; make setup installs it", what)
}

// tool finds a program where make setup and Debian put programs.
func tool(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	// Not everybody has these on the PATH.
	for _, dir := range []string{filepath.Join(root(t), ".tools", "bin"), "/usr/sbin", "/sbin"} {
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
	}
	missing(t, name)
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// root is the project's folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
