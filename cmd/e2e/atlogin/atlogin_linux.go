// Package atlogin finds out for a test what a Linux desktop starts when a person logs in: systemd itself takes the
// entries over, as it does on most of them. It is imported by tests only.
package atlogin

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const generator = "/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator"

// Command is the command line that the entry of a program with that ID comes to, in a folder of settings
// (XDG_CONFIG_HOME). It fails the test when there is none, or one that systemd refuses to start.
func Command(t testing.TB, config, id string) []string {
	t.Helper()
	units := t.TempDir()
	run(t, []string{"XDG_CONFIG_HOME=" + config, "XDG_CONFIG_DIRS=" + t.TempDir()}, generator, units, units, units)
	unit := filepath.Join(units, "app-"+id+"@autostart.service")
	run(t, nil, "systemd-analyze", "verify", "--man=no", "--generators=no", "--recursive-errors=no", unit)
	text, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^ExecStart=:(.*)$`).FindSubmatch(text)
	if line == nil {
		t.Fatalf("no command in\n%s", text)
	}
	return words(string(line[1]))
}

func run(t testing.TB, env []string, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing; make setup installs it", program)
		}
		t.Skipf("%s is missing; make setup installs it", program)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// words takes a command line of a unit apart: see systemd.service(5), "Command lines". The colon before it leaves
// dollars alone.
func words(line string) (all []string) {
	for _, word := range regexp.MustCompile(`"((?:[^"\\]|\\.)*)"|\S+`).FindAllStringSubmatch(line, -1) {
		text := word[0]
		if strings.HasPrefix(text, `"`) {
			text = regexp.MustCompile(`\\(.)`).ReplaceAllString(word[1], "$1")
		}
		all = append(all, strings.ReplaceAll(text, "%%", "%"))
	}
	return all
}
