package programs

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// put makes an empty program beside the test's own, for one test.
func put(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(self), name+suffix)
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(path) })
	return path
}

func TestNothingIsInstalled(t *testing.T) {
	if got := Window(); got != nil {
		t.Errorf("the window is %q", got)
	}
	if got, err := Service(); err == nil {
		t.Errorf("the service is %q", got)
	}
	if got, err := Hidden(); err == nil {
		t.Errorf("what starts at login is %q", got)
	}
}

func TestBeamAlone(t *testing.T) {
	beam := put(t, service)
	if got := Window(); got != nil {
		t.Errorf("the window is %q", got)
	}
	if got, err := Hidden(); err != nil || !slices.Equal(got, []string{beam, "service"}) {
		t.Errorf("what starts at login is %q, %v", got, err)
	}
}

func TestBoth(t *testing.T) {
	show, beam := put(t, window), put(t, service)
	if got := Window(); !slices.Equal(got, []string{show}) {
		t.Errorf("the window is %q", got)
	}
	if got, err := Service(); err != nil || !slices.Equal(got, []string{beam, "service"}) {
		t.Errorf("the service is %q, %v", got, err)
	}
	if got, err := Hidden(); err != nil || !slices.Equal(got, []string{show, "--hidden"}) {
		t.Errorf("what starts at login is %q, %v", got, err)
	}
}

func TestAppImage(t *testing.T) {
	show := put(t, window)
	image := filepath.Join(t.TempDir(), "Modelbeam 0.1.AppImage")
	tests := map[string]struct {
		folder string
		want   string
	}{
		"ours":             {filepath.Dir(show), image},
		"above us":         {filepath.Dir(filepath.Dir(show)), image},
		"the terminal's":   {t.TempDir(), show},
		"a name like ours": {filepath.Dir(show) + "2", show},
		"none":             {"", show},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("APPIMAGE", image)
			t.Setenv("APPDIR", tt.folder)
			if got := Window(); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("the window is %q, want %q", got, tt.want)
			}
		})
	}
}
