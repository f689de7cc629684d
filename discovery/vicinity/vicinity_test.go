package vicinity

import (
	"testing"

	"modelbeam/discovery/lan"
)

// TestNeighboursHere reads the table of the machine that the test runs on, whatever is in it.
func TestNeighboursHere(t *testing.T) {
	survey, err := lan.Look()
	if err != nil {
		t.Fatal(err)
	}
	all, err := Neighbours(t.Context(), survey.Candidates)
	if err != nil {
		t.Error(err)
	}
	here, err := networks(t.Context(), survey.Candidates)
	t.Logf("networks %+v, neighbours %+v, VPN %q", here, all, vpn(t.Context()))
	if err != nil || len(here) != len(survey.Candidates) {
		t.Errorf("%d networks of %d candidates, %v", len(here), len(survey.Candidates), err)
	}
	for _, n := range all {
		if !n.Addr.Is4() || n.Interface == "" || n.Alive && n.Failed {
			t.Errorf("no neighbour: %+v", n)
		}
	}
}
