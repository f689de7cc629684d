package awake

import "testing"

// TestPmset reads what macOS prints, on a laptop and beside one.
func TestPmset(t *testing.T) {
	for report, want := range map[string]Power{
		"Now drawing from 'AC Power'\n": {Percent: -1},
		"Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t100%; charged; 0:00 remaining present: true\n":                   {Battery: true, Percent: 100},
		"Now drawing from 'Battery Power'\n -InternalBattery-0 (id=21430371)\t7%; discharging; (no estimate) present: true\n":            {Battery: true, OnBattery: true, Percent: 7},
		"Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t54%; AC attached; not charging present: true\n":                  {Battery: true, Percent: 54},
		"Now drawing from 'UPS Power'\n -Back-UPS CS 650 FW:817.v9.I USB FW:v9 (id=1)\t95%; discharging; 0:27 remaining present: true\n": {Percent: -1},
		"": {Percent: -1},
	} {
		if got := pmsetPower(report); got != want {
			t.Errorf("%q: %+v, want %+v", report, got, want)
		}
	}
}
