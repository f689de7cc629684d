package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// packageFile is the one of the packages with such a name that PACKAGES, the folder where make package
// has put them, holds. Without PACKAGES there is nothing to check here.
func packageFile(t *testing.T, pattern string) string {
	t.Helper()
	dir := os.Getenv("PACKAGES")
	if dir == "" {
		t.Skip("make check-packages checks the packages")
	}
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%d packages in %s are named %s, want one", len(found), dir, pattern)
	}
	return found[0]
}

// TestPackageLintian has Debian's own judge look at the .deb. What it may find stands in
// .ci/packaging/linux/lintian-overrides, with the reason.
func TestPackageLintian(t *testing.T) {
	deb := packageFile(t, "modelbeam_*_amd64.deb")
	cmd := exec.Command(tool(t, "lintian"), "--allow-root", "--pedantic", "--display-info", "--fail-on", "none", deb)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "N: ") {
			t.Error(strings.TrimSpace(line))
		}
	}
}
