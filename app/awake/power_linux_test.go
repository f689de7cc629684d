package awake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSupplies(t *testing.T) {
	const battery = "type=Battery scope=System present=1 "
	for _, tt := range []struct {
		name     string
		supplies []string
		want     Power
	}{
		{"a desktop", nil, Power{Percent: -1}},
		{"a desktop with a mouse", []string{"type=Battery scope=Device status=Discharging capacity=7"}, Power{Percent: -1}},
		{"on mains", []string{"type=Mains online=1", battery + "status=Charging capacity=54"}, Power{Battery: true, Percent: 54}},
		{"on the battery", []string{"type=Mains online=0", battery + "status=Discharging capacity=19"}, Power{Battery: true, OnBattery: true, Percent: 19}},
		{"full", []string{"type=Mains online=1", battery + "status=Full capacity=100"}, Power{Battery: true, Percent: 100}},
		{"kept at 80 %", []string{"type=Mains online=1", battery + "status=Not_charging capacity=80"}, Power{Battery: true, Percent: 80}},
		{"just plugged in", []string{"type=Mains online=1", battery + "status=Discharging capacity=40"}, Power{Battery: true, Percent: 40}},
		{"on a weak charger", []string{"type=USB online=1", battery + "status=Discharging capacity=15"}, Power{Battery: true, OnBattery: true, Percent: 15}},
		{"two batteries", []string{"type=Mains online=0", battery + "status=Discharging capacity=30", battery + "status=Unknown capacity=90"}, Power{Battery: true, OnBattery: true, Percent: 60}},
		{"an empty bay", []string{"type=Battery present=0"}, Power{Percent: -1}},
		{"a battery that says nothing", []string{battery + "status=Discharging"}, Power{Battery: true, OnBattery: true, Percent: -1}},
	} {
		dir := t.TempDir()
		for i, supply := range tt.supplies {
			folder := filepath.Join(dir, "supply"+string(rune('0'+i)))
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			for field := range strings.FieldsSeq(supply) {
				file, value, _ := strings.Cut(field, "=")
				if err := os.WriteFile(filepath.Join(folder, file), []byte(strings.ReplaceAll(value, "_", " ")+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := powerOf(dir); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if got := powerOf("/nobody/has/this"); got != (Power{Percent: -1}) {
		t.Errorf("without the folder: %+v", got)
	}
}
