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
	for _, n := range all {
		if !n.Addr.Is4() || n.Interface == "" || n.Alive && n.Failed {
			t.Errorf("no neighbour: %+v", n)
		}
	}
}
