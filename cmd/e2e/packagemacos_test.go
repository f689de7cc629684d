package e2e

import (
	"bytes"
	"debug/macho"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// languages are those of the packages, as Apple calls them.
var languages = []string{"en", "zh-Hans", "zh-Hant", "ja", "ko", "de", "fr", "es", "pt-BR", "it", "ru", "vi"}

// TestPackageMacOSLayout looks at all of the app for macOS that can be made anywhere.
func TestPackageMacOSLayout(t *testing.T) {
	dir := t.TempDir()
	must(t, tool(t, "unzip"), "-q", packageFile(t, "Modelbeam-*-macos-layout.zip"), "-d", dir)
	contents := filepath.Join(dir, "Modelbeam.app", "Contents")
	info := readPlist(t, filepath.Join(contents, "Info.plist"))
	for key, want := range map[string]string{
		"CFBundleIdentifier": appID, "CFBundleExecutable": "modelbeam", "CFBundlePackageType": "APPL", "LSMinimumSystemVersion": "12.0",
		"NSBonjourServices":     "_http._tcp", // the one that we announce: see Apple's TN3179
		"CFBundleLocalizations": strings.Join(languages, " "),
	} {
		if info[key] != want {
			t.Errorf("%s is %q, want %q", key, info[key], want)
		}
	}
	if version := info["CFBundleShortVersionString"]; version == "" || strings.Trim(version, "0123456789.") != "" {
		t.Errorf("the version is %q", version)
	}
	if info["NSLocalNetworkUsageDescription"] == "" {
		t.Error("nobody is told what the local network is for")
	}
	for _, language := range languages {
		words, err := os.ReadFile(filepath.Join(contents, "Resources", language+".lproj", "InfoPlist.strings"))
		if err != nil || !strings.Contains(string(words), `"NSLocalNetworkUsageDescription" = "`) {
			t.Errorf("the words in %s: %q, %v", language, words, err)
		}
	}
	icon, err := os.ReadFile(filepath.Join(contents, "Resources", info["CFBundleIconFile"]))
	if err != nil || !bytes.HasPrefix(icon, []byte("icns")) {
		t.Errorf("the icon cannot be read: %v", err)
	}
	readPlist(t, filepath.Join(root(t), ".ci", "packaging", "macos", "entitlements.plist"))
}

// readPlist returns the texts in a property list by their keys, lists with blanks between, after a library
// other than ours has read it as a whole.
func readPlist(t *testing.T, path string) map[string]string {
	t.Helper()
	must(t, tool(t, "plistutil"), "--infile", path, "--format", "bin", "--outfile", filepath.Join(t.TempDir(), "plist"))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Dict struct {
			Parts []struct {
				XMLName xml.Name
				Text    string   `xml:",chardata"`
				Items   []string `xml:"string"`
			} `xml:",any"`
		} `xml:"dict"`
	}
	if err := xml.Unmarshal(text, &list); err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	found, key := map[string]string{}, ""
	for _, part := range list.Dict.Parts {
		if part.XMLName.Local == "key" {
			key = part.Text
			continue
		}
		found[key] = strings.TrimSpace(part.Text + strings.Join(part.Items, " "))
	}
	return found
}

// TestPackageMacOSBeam looks at beam for both kinds of Mac.
func TestPackageMacOSBeam(t *testing.T) {
	for arch, want := range map[string]macho.Cpu{"arm64": macho.CpuArm64, "x86_64": macho.CpuAmd64} {
		dir := t.TempDir()
		must(t, tool(t, "unzip"), "-q", "-j", packageFile(t, "beam-*-macos-"+arch+".zip"), "-d", dir)
		f, err := macho.Open(filepath.Join(dir, "beam"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if f.Cpu != want || f.Type != macho.TypeExec {
			t.Errorf("beam for %s is a %s for %s", arch, f.Type, f.Cpu)
		}
		if info, err := os.Stat(filepath.Join(dir, "beam")); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("beam for %s: %v, %v", arch, info.Mode(), err)
		}
		if !isFile(filepath.Join(dir, "third-party-licences.txt")) {
			t.Errorf("beam for %s has no licences", arch)
		}
	}
}
