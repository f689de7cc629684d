package assets

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"modelbeam/tunnel/page/bundle"
)

// TestConnectSuitsOldBrowsers lets nothing into the page's scripts, the libraries included, that its
// oldest browsers lack: testdata/lint says which these are.
func TestConnectSuitsOldBrowsers(t *testing.T) {
	if out, err := lint(t, "", "connect"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestServedPageSuitsOldBrowsers: what makes the page smaller writes nothing newer than what is in the sources, and the
// first script can still be read by every browser.
func TestServedPageSuitsOldBrowsers(t *testing.T) {
	page, err := bundle.Build(Connect, "index.html")
	if err != nil {
		t.Fatal(err)
	}
	scripts := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(string(page.HTML), -1)
	if len(scripts) < 2 {
		t.Fatalf("the page has %d scripts", len(scripts))
	}
	for i, script := range scripts {
		name := "connect/served.js"
		if i == 0 {
			name = "connect/boot.js"
		}
		if out, err := lint(t, script[1], "--stdin", "--stdin-filename", name); err != nil {
			t.Errorf("script %d: %v\n%.2000s", i+1, err, out)
		}
	}
}

// TestLintSeesNewThings: what was in the page once, or could have been, is found.
func TestLintSeesNewThings(t *testing.T) {
	lines := []string{
		"signal.throwIfAborted();", "list.findLastIndex(Boolean);", "Object.hasOwn({}, key);", "structuredClone(chat);",
		"list.toSorted();", "list.findLast(Boolean);", "AbortSignal.timeout(1);", "AbortSignal.any([]);", "Promise.withResolvers();",
		"Object.groupBy(list, act);", "class A { static { act(); } }", "Response.json({});", "URL.canParse(text);",
		"element.checkVisibility();", "for await (const bytes of response.body) act(bytes);", "new Set().union(list);",
	}
	out, err := lint(t, strings.Join(lines, "\n"), "--stdin", "--stdin-filename", "connect/new.js")
	if err == nil {
		t.Error("nothing of it was found")
	}
	for i, line := range lines {
		if !strings.Contains(out, fmt.Sprintf("\n  %2d:", i+1)) {
			t.Errorf("this is not found: %s", line)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
	for _, modern := range []string{"const a = 1;", "act(() => 1);", "var o = {a: 1,};", "f(`x`);"} {
		if _, err := lint(t, modern, "--stdin", "--stdin-filename", "connect/boot.js"); err == nil {
			t.Errorf("in what every browser must be able to read this is not found: %s", modern)
		}
	}
}

// lint runs eslint in this folder.
func lint(t *testing.T, text string, args ...string) (string, error) {
	t.Helper()
	const eslint = "testdata/lint/node_modules/eslint/bin/eslint.js"
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(eslint); err == nil && missing != nil {
		err = missing
	}
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("no eslint on this machine; make setup installs it")
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{eslint, "--no-inline-config", "--config", "testdata/lint/eslint.config.mjs"}, args...)...)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
