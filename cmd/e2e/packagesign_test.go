package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackageSums checks what everybody who downloads something can check.
func TestPackageSums(t *testing.T) {
	sums := packageFile(t, "SHA256SUMS")
	cmd := exec.Command("sha256sum", "--check", "--strict", "--quiet", sums)
	cmd.Dir = filepath.Dir(sums)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestPackageLicences holds the licences in the packages against the bills of what is in the programs, one for
// each: no part of them goes without its licence.
func TestPackageLicences(t *testing.T) {
	dir := t.TempDir()
	must(t, "dpkg-deb", "-x", packageFile(t, "modelbeam_*_amd64.deb"), dir)
	licences := must(t, "zcat", filepath.Join(dir, "usr/share/doc/modelbeam/third-party-licences.txt.gz"))
	for _, program := range []string{"beam", "modelbeam", "appimage"} {
		var bill struct {
			BOMFormat  string
			Components []struct{ Name, Version string }
		}
		text, err := os.ReadFile(packageFile(t, program+"-[0-9]*-linux-amd64.cdx.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &bill); err != nil || bill.BOMFormat != "CycloneDX" || len(bill.Components) < 5 {
			t.Errorf("%s has %d parts in the form %q: %v", program, len(bill.Components), bill.BOMFormat, err)
		}
		for _, part := range bill.Components {
			if part.Name != "std" && !strings.Contains(licences, "\n"+part.Name+" "+part.Version+"\n=====") {
				t.Errorf("there is no licence of %s %s, which is in %s", part.Name, part.Version, program)
			}
		}
	}
	for _, text := range []string{"SIL OPEN FONT LICENSE", "The Go Authors", "dompurify, on the phone's page", "Copyright (c) 2002-2006 Marcus Geelnard"} {
		if !strings.Contains(licences, text) {
			t.Errorf("nothing is said of %q", text)
		}
	}
}

// TestPackageSign signs a release with a key that was made for it.
func TestPackageSign(t *testing.T) {
	packageFile(t, "SHA256SUMS")
	dir, keys := t.TempDir(), t.TempDir()
	files := []string{"Modelbeam-1.2.3-x86_64.AppImage", "Modelbeam-1.2.3-macos.zip", "Modelbeam-1.2.3-windows-x64-setup.exe", "modelbeam_1.2.3_amd64.deb"}
	for _, name := range files {
		write(t, filepath.Join(dir, name), "the text of "+name)
	}
	minisign := tool(t, "minisign")
	must(t, minisign, "-G", "-W", "-p", filepath.Join(keys, "public"), "-s", filepath.Join(keys, "secret"))
	secret, err := os.ReadFile(filepath.Join(keys, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	sign := exec.Command(filepath.Join(root(t), ".ci", "packages", "sign"), dir, "1.2.3")
	sign.Env = append(os.Environ(), "MINISIGN_KEY="+strings.TrimSpace(string(secret)))
	if out, err := sign.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, comment := range map[string]string{"SHA256SUMS": "modelbeam checksums 1.2.3", "latest.json": "modelbeam releases 1.2.3"} {
		if out := must(t, minisign, "-V", "-p", filepath.Join(keys, "public"), "-m", filepath.Join(dir, name)); !strings.Contains(out, comment) {
			t.Errorf("the signature of %s says %q", name, out)
		}
	}
	var list struct {
		Version string
		Files   map[string]struct{ Name string }
	}
	text, err := os.ReadFile(filepath.Join(dir, "latest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &list); err != nil || list.Version != "1.2.3" || len(list.Files) != 4 || list.Files["windows-amd64"].Name != files[2] {
		t.Errorf("the list is %s, %v", text, err)
	}
}

// TestPackageUnsigned is a release by who has no key: nothing looks as if it were signed.
func TestPackageUnsigned(t *testing.T) {
	packageFile(t, "SHA256SUMS")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Modelbeam-1.2.3-x86_64.AppImage"), "x")
	sign := exec.Command(filepath.Join(root(t), ".ci", "packages", "sign"), dir, "1.2.3")
	sign.Env = append(os.Environ(), "MINISIGN_KEY=")
	if out, err := sign.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*")); len(found) != 2 {
		t.Errorf("there are %q", found)
	}
}
