package awake

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// power reads what the kernel says; see Documentation/ABI/testing/sysfs-class-power in its source.
func power(context.Context) Power { return powerOf("/sys/class/power_supply") }

// powerOf reads a folder with one folder for each supply. Mice and headphones have batteries that are no supply of
// ours: their scope is "Device".
func powerOf(dir string) Power {
	supplies, _ := filepath.Glob(filepath.Join(dir, "*", "type"))
	p := Power{Percent: -1}
	mains, charges := false, 0
	for _, path := range supplies {
		supply := filepath.Dir(path)
		is := func(file string) string {
			text, _ := os.ReadFile(filepath.Join(supply, file)) // not all have all
			return strings.TrimSpace(string(text))
		}
		switch {
		case is("scope") == "Device":
		case is("type") == "Mains":
			mains = mains || is("online") == "1"
		case is("type") != "Battery" || is("present") == "0":
		default:
			p.Battery = true
			p.OnBattery = p.OnBattery || is("status") == "Discharging"
			if n, err := strconv.Atoi(is("capacity")); err == nil {
				p.Percent = max(p.Percent, 0) + n
				charges++
			}
		}
	}
	if charges > 1 {
		p.Percent /= charges
	}
	p.OnBattery = p.OnBattery && !mains
	return p
}
