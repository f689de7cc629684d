package assets

import (
	"crypto/sha512"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
)

// The libraries of the connect page are what their authors published: whoever changes one by
// hand, or adds one without "make vendor", is told so.
func TestVendoredFilesAreUnchanged(t *testing.T) {
	recorded, err := os.ReadFile("vendor.sha512")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(recorded)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		want[name] = sum
	}
	got := map[string]string{}
	err = fs.WalkDir(Connect, "vendor", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(Connect, name)
		sum := sha512.Sum512(b)
		got[strings.TrimPrefix(name, "vendor/")] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil || len(want) == 0 {
		t.Fatalf("%d recorded, error %v", len(want), err)
	}
	if !maps.Equal(got, want) {
		t.Errorf("the vendored files are\n%v\nand should be\n%v", got, want)
	}
}
