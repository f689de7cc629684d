package devices

import (
	"path/filepath"
	"testing"
)

// BenchmarkSpend is what a guest's request costs more than another's.
func BenchmarkSpend(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "devices.json"))
	if err != nil {
		b.Fatal(err)
	}
	var id string
	for _, name := range []string{"phone", "tablet", "guest"} {
		d, _, err := s.Add(name, &Pass{Requests: 1 << 30})
		if err != nil {
			b.Fatal(err)
		}
		id = d.ID
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := s.Spend(id, 1); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
