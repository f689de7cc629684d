package catalog

import "testing"

func TestParameterCount(t *testing.T) {
	for size, want := range map[string]int64{
		"8.0B": 8_000_000_000, "137M": 137_000_000, "23m": 23_000_000, "1.5b": 1_500_000_000, "1T": 1_000_000_000_000, "512": 512,
		"": 0, "B": 0, "many": 0, "-1B": 0, "1e300B": 0, "NaN": 0, "InfB": 0,
	} {
		if got := parameterCount(size); got != want {
			t.Errorf("%q is %d, want %d", size, got, want)
		}
	}
}
