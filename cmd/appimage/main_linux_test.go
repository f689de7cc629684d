package main

import (
	"slices"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for _, tc := range []struct{ argv, want string }{
		{"./Modelbeam.AppImage", "modelbeam"},
		{"./Modelbeam.AppImage --hidden", "modelbeam --hidden"},
		{"./Modelbeam.AppImage beam", "beam"},
		{"./Modelbeam.AppImage beam devices list", "beam devices list"},
		{"./Modelbeam.AppImage --appimage-extract-and-run beam scan", "beam scan"},
		{"./Modelbeam.AppImage --appimage-extract-and-run --version", "modelbeam --version"},
		{"./Modelbeam.AppImage --verbose beam", "modelbeam --verbose beam"},
		{"/home/anna/bin/beam scan", "beam scan"},
		{"beam beam", "beam beam"},
		{"/opt/beam/Modelbeam.AppImage --json", "modelbeam --json"},
	} {
		name, args := choose(strings.Fields(tc.argv))
		if got := strings.Join(append([]string{name}, args...), " "); got != tc.want {
			t.Errorf("%s runs %q, want %q", tc.argv, got, tc.want)
		}
	}
}

// TestEnviron: a terminal that is an AppImage itself has such variables of its own.
func TestEnviron(t *testing.T) {
	got := environ([]string{"OWD=/a", "OWDX=/b", "APPIMAGE=/other", "HOME=/c"}, "/d/M.AppImage", "/e", "./M.AppImage", "/d")
	want := []string{"OWDX=/b", "HOME=/c", "APPIMAGE=/d/M.AppImage", "APPDIR=/e", "ARGV0=./M.AppImage", "OWD=/d"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMatches(t *testing.T) {
	for _, tc := range []struct {
		pattern, path string
		want          bool
	}{
		{"*.desktop", "app.desktop", true},
		{"*.desktop", "usr/share/app.desktop", false},
		{"usr/bin", "usr/bin/beam", true},
		{"usr/*/beam", "usr/bin/beam", true},
		{"usr/b", "usr/bin/beam", false},
		{"[", "usr", false},
	} {
		if got := matches(tc.pattern, tc.path); got != tc.want {
			t.Errorf("%s fits %s: %v", tc.pattern, tc.path, got)
		}
	}
}
