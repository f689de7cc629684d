package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// TestWindowTextsFit has the window's own test look for texts that are cut, in all languages: it takes too long with
// the race detector, with which the tests of the packages run.
func TestWindowTextsFit(t *testing.T) {
	await.Long(t)
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "-tags=migrated_fynedo", "-run=^TestNothingIsCut$", "./app/ui")
	cmd.Dir = root(t)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestNothingIsCut") {
		t.Errorf("%v\n%s", err, out)
	}
}
