package launch

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
)

// Elevated runs a command with the rights of an administrator, whom the system asks for a password, and waits for its
// end or that of ctx.
func Elevated(ctx context.Context, command []string) error {
	script := "do shell script " + strconv.Quote(shellQuoted(command)) + " with administrator privileges"
	if out, err := exec.CommandContext(ctx, "/usr/bin/osascript", "-e", script).CombinedOutput(); err != nil {
		return fmt.Errorf("run %q: %w: %.300s", command, err, out)
	}
	return nil
}
