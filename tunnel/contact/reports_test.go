package contact

import (
	"fmt"
	"testing"
)

func TestReportsAreFew(t *testing.T) {
	var l Reports
	for i := range 100 {
		l.Add(Report{Device: fmt.Sprint("quiet", i%3), Browser: "firefox"})
	}
	for range 100 {
		l.Add(Report{Device: "busy"})
	}
	of := map[string]int{}
	all := l.Recent()
	for _, r := range all {
		of[r.Device]++
	}
	if all[0].Device != "busy" || of["busy"] != maxOfDevice || of["quiet0"] != maxOfDevice || of["quiet1"] != maxOfDevice {
		t.Errorf("kept are %v", of)
	}
	for i := range 100 {
		l.Add(Report{Device: fmt.Sprint(i)})
	}
	if all = l.Recent(); len(all) != maxReports || all[0].Device != "99" || all[maxReports-1].Device != fmt.Sprint(100-maxReports) {
		t.Errorf("%d are kept, from %s to %s", len(all), all[0].Device, all[len(all)-1].Device)
	}
}
