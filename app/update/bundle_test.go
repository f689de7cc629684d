package update

import (
	"archive/zip"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// pack writes a zip file with files and, where the text begins with ->, links.
func pack(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := zip.NewWriter(f)
	for name, text := range files {
		h := &zip.FileHeader{Name: name}
		h.SetMode(0o755)
		if len(text) > 2 && text[:2] == "->" {
			h.SetMode(0o777 | fs.ModeSymlink)
			text = text[2:]
		}
		e, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSwapBundle(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		ok    bool
	}{
		"an app":        {map[string]string{"Modelbeam.app/Contents/MacOS/modelbeam": "new", "Modelbeam.app/Contents/x": "->MacOS/modelbeam"}, true},
		"no app":        {map[string]string{"readme": "x"}, false},
		"two apps":      {map[string]string{"A.app/x": "x", "B.app/x": "x"}, false},
		"out of it":     {map[string]string{"Modelbeam.app/x": "x", "../evil": "x"}, false},
		"out by a link": {map[string]string{"Modelbeam.app/up": "->../../..", "Modelbeam.app/up/evil": "x"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			bundle := filepath.Join(folder, "My Modelbeam.app")
			program := filepath.Join(bundle, "Contents", "MacOS", "modelbeam")
			if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(program, []byte("old"), 0o755); err != nil {
				t.Fatal(err)
			}
			err := swapBundle(pack(t, tt.files), bundle)
			if (err == nil) != tt.ok {
				t.Errorf("the error is %v", err)
			}
			want := "old"
			if tt.ok {
				want = "new"
			}
			if got, err := os.ReadFile(program); err != nil || string(got) != want {
				t.Errorf("in place is %q, %v, want %q", got, err, want)
			}
			left, err := os.ReadDir(folder)
			if err != nil || len(left) != 1 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
	if got := bundleOf("/Applications/Modelbeam.app/Contents/MacOS/beam"); got != "/Applications/Modelbeam.app" {
		t.Errorf("the bundle is %q", got)
	}
	if got := bundleOf("/usr/local/bin/beam"); got != "" {
		t.Errorf("the bundle is %q", got)
	}
}
