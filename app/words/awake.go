package words

import (
	"modelbeam/app"
	"modelbeam/app/awake"
)

// Awake says why this computer does not go to sleep, or why it may although a phone needs it; nothing where
// nobody asks.
func Awake(a app.Awake) string {
	switch {
	case a.WhyNot == awake.LowBattery:
		return L("Battery low: plug this computer in, or it may go to sleep")
	case a.WhyNot != "":
		return L("This computer may go to sleep: the system will not keep it awake")
	case !a.Held:
		return ""
	case len(a.For) == 0:
		return L("Awake while plugged in")
	}
	var names []string
	for _, name := range a.For {
		names = append(names, OneLine(name))
	}
	return L("Awake for {{.Names}}", Values{"Names": list(names)})
}
