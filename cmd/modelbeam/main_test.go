package main

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"modelbeam/app"
)

// The packaging tool reads FyneApp.toml, a plain go build only the code: both must say the same.
func TestMetadataIsThatOfFyneApp(t *testing.T) {
	toml, err := os.ReadFile("../../FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	m := metadata()
	for key, want := range map[string]string{
		"Name":    strconv.Quote(m.Name),
		"ID":      strconv.Quote(m.ID),
		"Version": strconv.Quote(strings.TrimSuffix(m.Version, "-dev")),
		"Build":   strconv.Itoa(m.Build),
		"Icon":    `"assets/icon.png"`,
		"fyneDo":  strconv.FormatBool(m.Migrations["fyneDo"]),
	} {
		line := regexp.MustCompile(`(?m)^\s*` + key + ` = (.*)$`).FindSubmatch(toml)
		if line == nil {
			t.Errorf("FyneApp.toml has no %s", key)
		} else if got := string(line[1]); got != want {
			t.Errorf("FyneApp.toml says %s = %s, the code %s", key, got, want)
		}
	}
	if icon, err := os.ReadFile("../../assets/icon.png"); err != nil || !bytes.Equal(icon, m.Icon.Content()) {
		t.Errorf("the code has another icon than assets/icon.png: %v", err)
	}
}

func TestVersion(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if err := run([]string{"--version"}, &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	if got, want := stdout.String(), "modelbeam "+app.Version+"\n"; got != want {
		t.Errorf("--version prints %q, want %q", got, want)
	}
}

func TestRefusedCommandLines(t *testing.T) {
	for _, args := range [][]string{{"--nonsense"}, {"devices"}, {"--demo", "maybe"}} {
		var stdout, stderr bytes.Buffer
		err := run(args, &stdout, &stderr)
		if err == nil || err.Error() == "" {
			t.Errorf("%q: no error", args)
		}
		if stdout.Len() > 0 {
			t.Errorf("%q: printed %q on standard output", args, stdout.String())
		}
	}
}
