package limit

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestDevicesHaveSoMuchAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 20
		r := Devices{Most: most}
		count := func(id string) (n int) {
			for range 2 * most {
				if r.Take(id) {
					n++
				}
			}
			return n
		}
		if n := count("d1"); n != most {
			t.Errorf("%d in the first minute", n)
		}
		time.Sleep(30 * time.Second)
		if n := count("d2"); n != most {
			t.Errorf("another device has %d", n)
		}
		time.Sleep(29 * time.Second)
		if n := count("d1"); n != 0 {
			t.Errorf("%d more at the end of the minute", n)
		}
		time.Sleep(time.Second)
		if n := count("d1"); n != most {
			t.Errorf("%d in the second minute", n)
		}
		time.Sleep(time.Hour)
		if count("d3"); len(r.counts) != 1 {
			t.Errorf("%d devices are remembered", len(r.counts))
		}
	})
}
