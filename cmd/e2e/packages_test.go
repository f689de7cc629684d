package e2e

import (
	"os"
	"path/filepath"
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
