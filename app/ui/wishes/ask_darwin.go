package wishes

import (
	"context"
	"os/exec"
	"strings"
)

// ask reads what System Settings keeps under Accessibility, Display. macOS has no size of letters for all programs.
func ask(ctx context.Context) Wishes {
	return Wishes{Contrast: isOn(ctx, "increaseContrast"), Still: isOn(ctx, "reduceMotion")}
}

// isOn reports whether a setting is there and on, as defaults(1) prints it.
func isOn(ctx context.Context, key string) bool {
	out, err := exec.CommandContext(ctx, "/usr/bin/defaults", "read", "com.apple.universalaccess", key).Output()
	return err == nil && strings.TrimSpace(string(out)) == "1"
}
