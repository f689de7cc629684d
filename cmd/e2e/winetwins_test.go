package e2e

import (
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// TestWindowsTwins runs the tests of packages that are others on Windows, as a Windows runs them.
func TestWindowsTwins(t *testing.T) {
	await.Long(t)
	w := startWindows(t, thisMachine)
	for pkg, only := range map[string]string{
		"app/alert": ".", "app/autostart": ".", "app/logfile": "TestWindows",
		"app/control":      "TestWhoComesAtOnce",
		"app/awake":        "TestExecutionState|TestHold$|TestPowerStatus|TestAMinuteLonger",
		"tunnel/transport": "TestLook|TestRest|TestAnswers|TestSentAgain|TestGivenUp|TestUpgrade|TestLargeBody",
	} {
		t.Run(pkg, func(t *testing.T) {
			program := `C:\` + path.Base(pkg) + `.test.exe`
			build := exec.Command("go", "test", "-c", "-o", w.path(program), "./"+pkg)
			build.Dir = root(t)
			build.Env = append(os.Environ(), "GOOS=windows", "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			out := w.run(t, program, "-test.v", "-test.run", only)
			if !strings.Contains(out, "--- PASS: Test") || !strings.Contains(out, "\nPASS") {
				t.Errorf("no test has run:\n%s", out)
			}
		})
	}
}
