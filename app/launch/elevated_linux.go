package launch

import (
	"context"
	"fmt"
	"os/exec"
)

// Elevated runs a command with the rights of an administrator, whom the system asks for a password, and waits for its
// end or that of ctx. Whatever shows the question belongs to the desktop (polkit(8)).
func Elevated(ctx context.Context, command []string) error {
	pkexec, err := exec.LookPath("pkexec")
	if err != nil {
		return ErrCannotAsk
	}
	// Without an agent of the desktop it would ask in the terminal that we were started from.
	args := append([]string{"--disable-internal-agent"}, command...)
	if out, err := exec.CommandContext(ctx, pkexec, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("run %q: %w: %.300s", command, err, out)
	}
	return nil
}
