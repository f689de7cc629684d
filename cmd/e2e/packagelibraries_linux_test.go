package e2e

import (
	"bytes"
	"debug/elf"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/semver"
)

// TestPackageLibraries holds that every library which the window loads by name is one that the packages need:
// no tool finds these.
func TestPackageLibraries(t *testing.T) {
	rpm := packageFile(t, "modelbeam-*.x86_64.rpm")
	requires := must(t, tool(t, "rpm"), "-qp", "--requires", "--recommends", rpm)
	dir := t.TempDir()
	must(t, "dpkg-deb", "-x", packageFile(t, "modelbeam_*_amd64.deb"), dir)
	program, err := os.ReadFile(filepath.Join(dir, "usr/bin/modelbeam"))
	if err != nil {
		t.Fatal(err)
	}
	names := sonames(program)
	if len(names) < 15 {
		t.Fatalf("only %q are named in the program", names)
	}
	for _, name := range names {
		if !optional[name] && !strings.Contains(requires, name+"(") {
			t.Errorf("the window may load %s, which the packages do not name", name)
		}
	}
}

// TestPackageLibc holds the C library that the .deb asks for against what the window was linked with: on an older
// one it would not start.
func TestPackageLibc(t *testing.T) {
	deb := packageFile(t, "modelbeam_*_amd64.deb")
	asked := regexp.MustCompile(`libc6 \(>= ([0-9.]+)\)`).FindStringSubmatch(must(t, "dpkg-deb", "-f", deb, "Depends"))
	if asked == nil {
		t.Fatal("the .deb asks for no version of the C library")
	}
	dir := t.TempDir()
	must(t, "dpkg-deb", "-x", deb, dir)
	program, err := elf.Open(filepath.Join(dir, "usr/bin/modelbeam"))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	symbols, err := program.ImportedSymbols()
	if err != nil || len(symbols) == 0 {
		t.Fatalf("the window uses %d symbols of others: %v", len(symbols), err)
	}
	for _, symbol := range symbols {
		if version, is := strings.CutPrefix(symbol.Version, "GLIBC_"); is && semver.Compare("v"+version, "v"+asked[1]) > 0 {
			t.Errorf("%s is of version %s, the .deb asks for %s", symbol.Name, version, asked[1])
		}
	}
}

// optional are libraries that the window looks for in vain on most systems, and does without, and those
// of libc itself, which the packages ask for by its version.
var optional = map[string]bool{
	"libc.so.6": true, "libm.so.6": true,
	"libGL.so": true, "libGLX.so.0": true, "libOpenGL.so.0": true, // other ways to libGL.so.1
	"libGLES_CM.so.1": true, "libGLESv1_CM.so.1": true, "libGLESv2.so.2": true, // OpenGL of phones
	"libOSMesa.so.6": true, "libOSMesa.so.8": true, "libvulkan.so.1": true, // which it does not draw with
}

// sonames are the texts in a program that are names of libraries.
func sonames(program []byte) []string {
	var names []string
	for _, name := range regexp.MustCompile(`\x00(lib[A-Za-z0-9_+-]+\.so(?:\.[0-9]+)?)\x00`).FindAllSubmatch(double(program), -1) {
		names = append(names, string(name[1]))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// double has every zero byte twice, so that one can end a text and the next begin another.
func double(program []byte) []byte {
	return bytes.ReplaceAll(program, []byte{0}, []byte{0, 0})
}
