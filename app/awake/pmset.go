package awake

import (
	"regexp"
	"strconv"
	"strings"
)

// internal finds a battery of the computer itself in the report of pmset; an uninterruptible power supply is listed
// by its own name.
var internal = regexp.MustCompile(`-InternalBattery-\d+.*?(\d+)%`)

// pmsetPower reads what "pmset -g batt" prints: first where the power comes from, then a line for each battery.
func pmsetPower(report string) Power {
	p := Power{Percent: -1}
	if m := internal.FindStringSubmatch(report); m != nil {
		p.Battery = true
		p.Percent, _ = strconv.Atoi(m[1]) // digits
		p.OnBattery = strings.Contains(report, "'Battery Power'")
	}
	return p
}
