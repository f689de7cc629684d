package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// paths are the words in backticks, or the targets of links, that look like paths in this project.
var paths = regexp.MustCompile("`((?:app|assets|cmd|discovery|tunnel)/[\\w./-]+)`|\\]\\(([\\w./-]+)(?:#[\\w-]*)?\\)")

// TestPagesNameWhatThereIs holds that what the pages for people lead to is still there.
func TestPagesNameWhatThereIs(t *testing.T) {
	for _, page := range []string{"README.md", "README.zh-Hans.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "cmd/beam/README.md", "tunnel/README.md"} {
		text, err := os.ReadFile(filepath.Join(root(t), page))
		if err != nil {
			t.Fatal(err)
		}
		named := paths.FindAllStringSubmatch(string(text), -1)
		for _, found := range named {
			path := found[1] // from the project's folder; a link is from the page's
			if path == "" {
				path = filepath.Join(filepath.Dir(page), found[2])
			}
			if _, err := os.Stat(filepath.Join(root(t), path)); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, path)
			}
		}
		if len(named) == 0 {
			t.Errorf("%s leads nowhere", page)
		}
	}
}
