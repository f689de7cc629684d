package firewall

import "testing"

// TestLookHere looks at whatever firewalls the machine has that the test runs on: nothing must fail or take long.
func TestLookHere(t *testing.T) {
	for _, f := range Look(t.Context(), Program{Port: defaultPort}) {
		t.Logf("%+v", f)
		if f.Product == "" {
			t.Errorf("a finding of nothing: %+v", f)
		}
	}
}
