package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPackageRPM unpacks the .rpm, which has to hold what the .deb does, and has rpm itself judge whether it
// could be installed.
func TestPackageRPM(t *testing.T) {
	rpm, deb := packageFile(t, "modelbeam-*.x86_64.rpm"), packageFile(t, "modelbeam_*_amd64.deb")
	fromRPM, fromDeb := t.TempDir(), t.TempDir()
	unpack := exec.Command("sh", "-ec", `"$0" "$1" | "$2" --extract --make-directories --no-absolute-filenames --quiet`, tool(t, "rpm2cpio"), rpm, tool(t, "cpio"))
	unpack.Dir = fromRPM
	if out, err := unpack.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	must(t, "dpkg-deb", "-x", deb, fromDeb)
	if diff := treeDiff(t, fromRPM, fromDeb); diff != "" {
		t.Errorf("the two packages differ:\n%s", diff)
	}

	// A system with nothing in it: what is needed is looked at below.
	root := t.TempDir()
	must(t, tool(t, "rpm"), "--root", root, "--initdb")
	must(t, tool(t, "rpm"), "--root", root, "--install", "--test", "--nodeps", "--nosignature", rpm)
	checkRequires(t, rpm, deb)
}

// treeDiff tells which files two folders do not both have, with the same content and rights. The programs
// differ by how they are kept up to date.
func treeDiff(t *testing.T, a, b string) string {
	t.Helper()
	describe := func(dir string) []string {
		const script = `find . -type f -printf '%M %p ' \( -path './usr/bin/*' -printf '\n' -o -exec sh -c 'sha256sum <"$0"' {} \; \) | sort -k2`
		cmd := exec.Command("sh", "-ec", script)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(out), "\n")
	}
	var diff []string
	inA, inB := describe(a), describe(b)
	for _, line := range append(inA, inB...) {
		if !slices.Contains(inA, line) || !slices.Contains(inB, line) {
			diff = append(diff, line)
		}
	}
	return strings.Join(diff, "\n")
}

// checkRequires holds the libraries that the .rpm needs, by the names of their files, against those of the
// .deb, by the names of Debian's packages: they have to be the same.
func checkRequires(t *testing.T, rpm, deb string) {
	t.Helper()
	var inRPM []string
	for line := range strings.Lines(must(t, tool(t, "rpm"), "-qp", "--requires", rpm)) {
		if name, _, found := strings.Cut(line, "()(64bit)"); found && strings.HasPrefix(name, "lib") {
			inRPM = append(inRPM, debianName(name))
		}
	}
	var inDeb []string
	for name := range strings.SplitSeq(strings.TrimSpace(must(t, "dpkg-deb", "-f", deb, "Depends")), ", ") {
		if !strings.HasPrefix(name, "libc6 ") {
			inDeb = append(inDeb, name)
		}
	}
	slices.Sort(inRPM)
	slices.Sort(inDeb)
	if !slices.Equal(inRPM, inDeb) {
		t.Errorf("the .rpm needs %q, the .deb %q", inRPM, inDeb)
	}
}

// debianName is what Debian calls the package of a library: see section 8.1 of its policy.
func debianName(soname string) string {
	name, version, _ := strings.Cut(strings.ToLower(soname), ".so.")
	if strings.ContainsAny(name[len(name)-1:], "0123456789") {
		name += "-"
	}
	return name + version
}

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

// TestPackageLintian has Debian's own judge look at the .deb. What it may find stands in
// packaging/linux/lintian-overrides, with the reason.
func TestPackageLintian(t *testing.T) {
	deb := packageFile(t, "modelbeam_*_amd64.deb")
	cmd := exec.Command(tool(t, "lintian"), "--allow-root", "--pedantic", "--display-info", "--fail-on", "none", deb)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "N: ") {
			t.Error(strings.TrimSpace(line))
		}
	}
}
