package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// issueForm is what GitHub reads of a form for issues
// (https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema).
type issueForm struct {
	Name        string
	Description string
	Labels      []string
	Body        []struct {
		Type       string
		ID         string
		Attributes struct {
			Label, Description, Value, Placeholder, Render string
			Options                                        []string
		}
		Validations struct{ Required bool }
	}
}

// TestIssueForms holds that GitHub can read the forms: one that it cannot read is not offered, and
// nobody is told.
func TestIssueForms(t *testing.T) {
	for name, asks := range map[string][]string{
		"bug.yml":     {"what", "steps", "version", "system", "release", "server", "client", "report"},
		"feature.yml": {"need", "now", "source"},
	} {
		var form issueForm
		readYAML(t, filepath.Join(".github", "ISSUE_TEMPLATE", name), &form)
		if form.Name == "" || form.Description == "" {
			t.Errorf("%s has no name or no description", name)
		}
		var asked []string
		for _, field := range form.Body {
			if field.Type == "markdown" {
				continue
			}
			asked = append(asked, field.ID)
			if field.Attributes.Label == "" || (field.Type == "dropdown") != (len(field.Attributes.Options) > 1) {
				t.Errorf("%s: the field %q has no label, or options where there are none", name, field.ID)
			}
		}
		if strings.Join(asked, " ") != strings.Join(asks, " ") {
			t.Errorf("%s asks for %q, want %q", name, asked, asks)
		}
	}
}

// TestWorkflowVetsWhatIsPortable holds that the build servers for other systems look at the same
// packages as make portable.
func TestWorkflowVetsWhatIsPortable(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Run string }
		}
	}
	readYAML(t, ".github/workflows/ci.yml", &workflow)
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	portable := regexp.MustCompile(`(?m)^portable := (.*)$`).FindSubmatch(makefile)
	if portable == nil {
		t.Fatal("the Makefile does not say what is portable")
	}
	list := "$(go list -e ./... | " + strings.ReplaceAll(string(portable[1]), "$$", "$")
	for _, step := range workflow.Jobs["portable"].Steps {
		if step.Run == "go vet "+list+")" {
			return
		}
	}
	t.Errorf("no step of the job runs go vet %s)", list)
}

// TestUpdatesAreAskedForEverywhere holds that each folder with packages of npm is looked after.
func TestUpdatesAreAskedForEverywhere(t *testing.T) {
	var config struct {
		Version int
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directory   string
			Directories []string
			Schedule    struct{ Interval string }
			Groups      map[string]struct{ Patterns []string }
		}
	}
	readYAML(t, ".github/dependabot.yml", &config)
	watched := make(map[string]bool)
	for _, u := range config.Updates {
		for _, dir := range append(u.Directories, u.Directory) {
			watched[u.Ecosystem+" "+dir] = true
		}
	}
	for _, want := range []string{
		"gomod /", "github-actions /", "npm /assets", "npm /assets/testdata/lint", "npm /cmd/e2e/testdata/clients",
	} {
		if !watched[want] {
			t.Errorf("nobody looks for updates of %s", want)
		}
	}
}

// readYAML reads a file of the project, in which every key must be one of v's.
func readYAML(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(!strings.Contains(name, "workflows")) // whose many keys actionlint knows
	if err := decoder.Decode(v); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
