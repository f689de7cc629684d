package readme

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const page = `# A page
| not | this |
|---|---|
| ` + "`x`" + ` | |

## The ` + "`flags`" + `
Words before.

| flag | what | default |
|---|---|---|
| ` + "`--listen ADDRESS`, or `--at`" + ` | where \| to | any |
| ` + "`--json`" + ` | | off |

| another | table |
|---|---|
| ` + "`z`" + ` | |
` + "```json" + `
{"a": 1}
` + "```" + `

` + "```" + `
b
c
` + "```" + `
## Empty
`

func open(t *testing.T) *Page {
	t.Helper()
	path := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(t, path)
}

func TestTable(t *testing.T) {
	rows := open(t).Table(t, "The flags")
	if got := slices.Sorted(maps.Keys(rows)); !slices.Equal(got, []string{"--json", "--listen"}) {
		t.Errorf("the rows are %q", got)
	}
	if got := rows["--listen"]; got["what"] != "where | to" || got["default"] != "any" {
		t.Errorf("--listen is %q", got)
	}
	if got := open(t).Examples(t, "The flags"); !slices.Equal(got, []string{`{"a": 1}`, "b\nc"}) {
		t.Errorf("the examples are %q", got)
	}
}

// recorder is a test that only notes its failures.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func TestCompare(t *testing.T) {
	r := &recorder{TB: t}
	Compare(r, "flags", map[string]Row{"a": nil, "b": nil}, []string{"b", "c"})
	slices.Sort(r.said)
	want := []string{`flags: "c" is not in the manual`, `flags: the manual has "a", which there is not`}
	if !slices.Equal(r.said, want) {
		t.Errorf("it says %q", r.said)
	}
}
