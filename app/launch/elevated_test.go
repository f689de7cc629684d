package launch

import (
	"os/exec"
	"strings"
	"testing"
)

// TestShellQuoted has a shell read what was quoted for it.
func TestShellQuoted(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell here")
	}
	for _, args := range [][]string{{"plain"}, {"two words", "x"}, {"it's", `"$HOME" \ ; rm`}, {"", "a\nb"}} {
		command := append([]string{"printf", `%s|`}, args...)
		out, err := exec.Command(sh, "-c", shellQuoted(command)).Output()
		if want := strings.Join(args, "|") + "|"; err != nil || string(out) != want {
			t.Errorf("%q became %q, %v", args, out, err)
		}
	}
}
