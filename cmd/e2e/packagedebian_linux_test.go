package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"modelbeam/app/autostart"
	"modelbeam/cmd/e2e/await"
)

const (
	appID       = "app.modelbeam.Modelbeam"
	desktopFile = "/usr/share/applications/" + appID + ".desktop"
)

// TestPackageOnDebian12 and its like are a person who has downloaded the .deb: it installs with all that it
// needs, is in the menu, opens, serves a phone, starts at login, and goes without a trace.
func TestPackageOnDebian12(t *testing.T) { tryOnDebian(t, "bookworm") }

func TestPackageOnDebian13(t *testing.T) { tryOnDebian(t, "trixie") }

func tryOnDebian(t *testing.T, release string) {
	deb := packageFile(t, "modelbeam_*_amd64.deb")
	d := startDebian(t, release)
	d.install(t, deb)
	// The libraries that came with it stay, and every desktop has systemd, so the trace is what differs from now.
	d.must(t, "apt-get", "purge", "-y", "modelbeam")
	d.must(t, "apt-get", "install", "-y", "--no-install-recommends", "systemd")
	before := d.files(t)

	d.install(t, deb)
	d.checkMenuEntry(t)
	d.checkManual(t)
	d.useIt(t)
	d.checkAppImage(t)
	d.checkLogin(t)
	d.checkUpdate(t, deb)
	d.checkPurge(t, before)
}

// install does what "apt install ./modelbeam.deb" does in the folder with the download.
func (d *debian) install(t *testing.T, deb string, options ...string) {
	t.Helper()
	must(t, "cp", deb, filepath.Join(d.dir, "srv", "modelbeam.deb"))
	d.must(t, "apt-get", append([]string{"install", "-y", "/srv/modelbeam.deb"}, options...)...)
	if err := os.Remove(filepath.Join(d.dir, "srv", "modelbeam.deb")); err != nil {
		t.Fatal(err)
	}
}

// desktopValue is what the menu entry says for a key.
func (d *debian) desktopValue(t *testing.T, key string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.dir, desktopFile))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(key) + `=(.*)$`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("the menu entry has no %s", key)
	}
	return string(found[1])
}

// checkMenuEntry has the menu entry and the AppStream metainfo judged by the tools of those who read them.
func (d *debian) checkMenuEntry(t *testing.T) {
	t.Helper()
	if out := must(t, tool(t, "desktop-file-validate"), filepath.Join(d.dir, desktopFile)); out != "" {
		t.Errorf("the menu entry: %s", out)
	}
	for _, language := range []string{"de", "es", "fr", "it", "ja", "ko", "pt_BR", "ru", "vi", "zh_CN", "zh_TW"} {
		d.desktopValue(t, "GenericName["+language+"]")
		d.desktopValue(t, "Comment["+language+"]")
	}
	must(t, tool(t, "appstreamcli"), "validate", "--no-net", filepath.Join(d.dir, "/usr/share/metainfo", appID+".metainfo.xml"))
	icon := d.desktopValue(t, "Icon")
	for _, size := range []string{"16x16", "32x32", "48x48", "128x128", "256x256", "512x512"} {
		path := filepath.Join(d.dir, "/usr/share/icons/hicolor", size, "apps", icon+".png")
		if out := must(t, tool(t, "identify"), "-format", "%wx%h", path); out != size {
			t.Errorf("the icon in %s is %s", path, out)
		}
	}
	if _, err := os.Stat(filepath.Join(d.dir, "/usr/share/icons/hicolor/scalable/apps", icon+".svg")); err != nil {
		t.Error(err)
	}
}

// checkManual compares the man page with what the program itself says.
func (d *debian) checkManual(t *testing.T) {
	t.Helper()
	page := must(t, "zcat", filepath.Join(d.dir, "/usr/share/man/man1/beam.1.gz"))
	page = strings.ReplaceAll(page, `\-`, "-")
	help := d.must(t, "beam", "--help")
	flags := regexp.MustCompile(`(?m)^\s+(--?[a-z][a-z-]+)`).FindAllStringSubmatch(help, -1)
	if len(flags) < 10 {
		t.Fatalf("beam --help shows only %d flags:\n%s", len(flags), help)
	}
	for _, flag := range flags {
		if name := "--" + strings.TrimLeft(flag[1], "-"); !strings.Contains(page, name) {
			t.Errorf("the man page says nothing of %s", name)
		}
	}
}

// useIt is a click on the menu entry, and a phone that scans what is on the screen.
func (d *debian) useIt(t *testing.T) {
	t.Helper()
	laptop, phone := newHome(t)
	screen := startDisplay(t)
	d.triesDemo(t)
	start(t, "modelbeam", d.asAnna(laptop, screen, d.desktopValue(t, "Exec")))
	d.scanAndChat(t, screen, phone)
	if class := must(t, tool(t, "xprop"), "-display", screen.name, "-name", "Modelbeam", "WM_CLASS"); !strings.Contains(class, d.desktopValue(t, "StartupWMClass")) {
		t.Errorf("the window's class is %s", class)
	}
	d.anna(t, "beam stop")
}

// triesDemo is Anna's press of "Try the built-in demo first", as the window remembers it.
func (d *debian) triesDemo(t *testing.T) {
	t.Helper()
	const folder = ".config/fyne/app.modelbeam.Modelbeam"
	d.anna(t, `sh -c 'mkdir -p `+folder+` && echo {\"tries-demo\":true} > `+folder+`/preferences.json'`)
}

// scanAndChat holds a phone to the screen, and chats with the demo, because there is no AI app.
func (d *debian) scanAndChat(t *testing.T, screen *display, phone *machine) {
	t.Helper()
	t.Cleanup(func() { keepAs(t, "package-"+filepath.Base(d.dir), screen.capture(t, "root")) })
	text := screen.awaitQR(t)
	if want := "http://" + laptopAddress + ":8717/#c="; !strings.HasPrefix(text, want) {
		t.Fatalf("the code on the screen says %q, want %q and a code", text, want)
	}
	p := openPhone(t, phone)
	p.follow(text)
	p.awaitText("Connected")
	models := p.models()
	if len(models) == 0 {
		t.Fatal("the phone is offered no model")
	}
	p.watchAnswer()
	p.ask("How do I get a model of my own?", models[0])
	p.awaitGrowth(5)
	p.awaitAnswerEnd()
}

// checkLogin logs anna in as far as her autostart goes: systemd makes a unit of the entry that the switch in
// the window writes, and what that runs starts the service, and nothing else that stays.
func (d *debian) checkLogin(t *testing.T) {
	t.Helper()
	must(t, "cp", os.Args[0], filepath.Join(d.dir, "tmp", "helper"))
	d.anna(t, "env AUTOSTART=/usr/bin/modelbeam /tmp/helper -test.run=^TestHelperAutostart$")
	d.anna(t, "mkdir /tmp/units")
	d.anna(t, "/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator /tmp/units /tmp/units /tmp/units")
	unit := d.must(t, "cat", "/tmp/units/app-"+appID+"@autostart.service")
	const want = "/usr/bin/modelbeam --hidden"
	if !strings.Contains(strings.ReplaceAll(unit, `"`, ""), "ExecStart=:"+want+"\n") {
		t.Errorf("systemd would run\n%s", unit)
	}
	d.anna(t, want)
	await.True(t, "the service runs", func() bool { return len(d.processes(t, "/usr/bin/beam")) == 1 })
	if windows := d.processes(t, "/usr/bin/modelbeam"); len(windows) > 0 {
		t.Errorf("a window runs too: %v", windows)
	}
}

// TestHelperAutostart turns it on for the person who runs this, wherever that is.
func TestHelperAutostart(t *testing.T) {
	program := os.Getenv("AUTOSTART")
	if program == "" {
		t.Skip("for checkLogin, which runs it in a Debian of its own")
	}
	entry := autostart.Entry{ID: appID, Name: "Modelbeam", Command: []string{program, "--hidden"}}
	if err := entry.Set(true); err != nil {
		t.Fatal(err)
	}
}

// anna runs a command line of hers that has to succeed.
func (d *debian) anna(t *testing.T, line string) {
	t.Helper()
	if out, err := d.asAnna(thisMachine, &display{}, line).CombinedOutput(); err != nil {
		t.Fatalf("in Debian: %s: %v\n%s", line, err, out)
	}
}

// checkUpdate installs it over itself while the service runs. That goes on, with the program that it has: an
// answer may be running, and it is the window that says when the two no longer fit.
func (d *debian) checkUpdate(t *testing.T, deb string) {
	t.Helper()
	before := d.processes(t, "/usr/bin/beam")
	d.install(t, deb, "--reinstall")
	if after := d.processes(t, "/usr/bin/beam"); !slices.Equal(before, after) {
		t.Errorf("the update has ended the service: %v, then %v", before, after)
	}
}

// checkPurge takes the package away while it runs. What is left is what was there before, and anna's own.
func (d *debian) checkPurge(t *testing.T, before map[string]bool) {
	t.Helper()
	d.must(t, "apt-get", "purge", "-y", "modelbeam")
	await.True(t, "nothing runs of what is gone", func() bool {
		return len(d.processes(t, "/usr/bin/beam", "/usr/bin/modelbeam")) == 0
	})
	for path := range d.files(t) {
		if !before[path] && !strings.HasPrefix(path, "/tmp/") && !strings.HasPrefix(path, "/run/") {
			t.Errorf("left behind: %s", path)
		}
	}
	if _, err := os.Stat(filepath.Join(d.dir, "home/anna/.config/modelbeam")); err != nil {
		t.Errorf("anna's settings are gone: %v", err)
	}
}
