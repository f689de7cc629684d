package e2e

import (
	"os/exec"
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
