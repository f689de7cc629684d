package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// TestWindowScreens is for people who want to look at the window in every state, in both languages
// and themes: it needs SCREENS=folder, where it puts the pictures. The states are the scenes of the
// window's own tests, which show them in place of their tests when they are told to.
func TestWindowScreens(t *testing.T) {
	if os.Getenv("SCREENS") == "" {
		t.Skip("make screens takes the pictures")
	}
	program := filepath.Join(t.TempDir(), "scenes")
	build := exec.Command("go", "test", "-c", "-tags=migrated_fynedo", "-o", program, "./app/ui")
	build.Dir = root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the scenes: %v\n%s", err, out)
	}
	seen := make(map[string]string) // no two are alike
	for _, name := range sceneNames(t, program) {
		for _, language := range []string{"en", "zh_Hans"} {
			for _, theme := range []string{"light", "dark"} {
				t.Run(fmt.Sprint(name, " ", language, " ", theme), func(t *testing.T) {
					d := startDisplay(t)
					w := start(t, name, d.on(scene(program, name, language, theme)))
					// It says so when what the scene is about can be seen.
					await.Get(t, "the scene is on the screen", w.lines, func(lines []string) bool { return slices.Contains(lines, "running") })
					png := d.awaitStill(t)
					if other, ok := seen[string(png)]; ok {
						t.Errorf("it looks like %s", other)
					}
					seen[string(png)] = t.Name()
					keepAs(t, fmt.Sprintf("window-%s-%s-%s", strings.ReplaceAll(name, " ", "-"), language, theme), png)
				})
			}
		}
	}
}

// sceneNames are those of the scenes of the window's tests.
func sceneNames(t *testing.T, program string) []string {
	t.Helper()
	out, err := scene(program, "all", "en", "light").Output()
	names := slices.Collect(strings.Lines(string(out)))
	if err != nil || len(names) < 10 {
		t.Fatalf("the scenes are %q, %v", names, err)
	}
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names
}

func scene(program, name, language, theme string) *exec.Cmd {
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "MODELBEAM_UI_SCENE="+name, "MODELBEAM_LANG="+language, "FYNE_THEME="+theme)
	return cmd
}

// awaitStill is what is on the screen when it has stood still for a moment. Some things move for
// ever: those it does not wait for.
func (d *display) awaitStill(t *testing.T) []byte {
	t.Helper()
	var last []byte
	for range 20 {
		before := last
		last = d.capture(t, "root")
		if len(last) > 20_000 && string(before) == string(last) {
			break
		}
	}
	return last
}
