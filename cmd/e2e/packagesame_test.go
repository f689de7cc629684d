package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestPackageSameBytes makes all packages again, in another folder and another environment: they have to be what
// they were, byte by byte, so that anybody can check what they got.
func TestPackageSameBytes(t *testing.T) {
	first := packageFile(t, "SHA256SUMS")
	dir := filepath.Join(t.TempDir(), "another folder of the same")
	copySources(t, dir)
	dist := filepath.Join(dir, "dist")
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, ".ci", "package"))
	cmd.Env = append(os.Environ(), "DIST="+dist, "SOURCE_DATE_EPOCH="+lastCommit(t),
		"GOFLAGS=-trimpath=false", "TZ=Asia/Tokyo", "LC_ALL=C.UTF-8", "GOAMD64=v2")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, tail([]string{string(out)}, 1))
	}
	must(t, "diff", "-u", first, filepath.Join(dist, "SHA256SUMS"))
}

// copySources copies the project as it is now, whatever is committed, and nothing that was built.
func copySources(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	const script = `git ls-files -z --cached --others --exclude-standard | tar --create --null --ignore-failed-read --files-from=- | tar --extract --directory "$0"`
	cmd := exec.Command("sh", "-c", script, dir)
	cmd.Dir = root(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("copy the sources: %v: %s", err, out)
	}
}

// lastCommit is when the last commit was made, in seconds since 1970.
func lastCommit(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("git", "log", "-1", "--format=%ct")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out[:len(out)-1])
}
