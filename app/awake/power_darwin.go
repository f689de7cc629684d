package awake

import (
	"context"
	"os/exec"
)

func power(ctx context.Context) Power {
	out, err := exec.CommandContext(ctx, "/usr/bin/pmset", "-g", "batt").Output()
	if err != nil {
		return Power{Percent: -1}
	}
	return pmsetPower(string(out))
}
