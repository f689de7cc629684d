// Package readme reads the tables of a README, for tests that hold them against the code: what is
// there and not written down fails, and so does what is written down and not there.
//
// It is imported by tests only.
package readme

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Page is a README that a test compares with the code.
type Page struct {
	path  string
	lines []string
}

// Open reads the page at path, which is relative to the test's own folder.
func Open(t testing.TB, path string) *Page {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return &Page{path: path, lines: strings.Split(string(text), "\n")}
}

// Row is a line of a table, by the words at the head of its columns.
type Row map[string]string

// Table returns the rows of the first table below a heading, before the next heading, each by the
// code in its first column: `--listen ADDRESS` is the row "--listen". Backticks in the heading do not
// count. No row may be there twice.
func (p *Page) Table(t testing.TB, heading string) map[string]Row {
	t.Helper()
	rows := make(map[string]Row)
	var head []string
	for _, line := range p.below(t, heading) {
		cells := split(line)
		switch {
		case cells == nil && head != nil:
			return rows
		case cells == nil || strings.HasPrefix(cells[0], "---"):
		case head == nil:
			head = cells
		default:
			p.add(t, rows, head, cells)
		}
	}
	if head == nil {
		t.Fatalf("%s has no table below %q", p.path, heading)
	}
	return rows
}

func (p *Page) add(t testing.TB, rows map[string]Row, head, cells []string) {
	t.Helper()
	name := code(cells[0])
	if name == "" || len(cells) != len(head) || rows[name] != nil {
		t.Fatalf("%s: this row has no name, another number of cells, or is there twice: %q", p.path, cells)
	}
	row := make(Row, len(head))
	for i, column := range head {
		row[column] = cells[i]
	}
	rows[name] = row
}

// Text returns what is below a heading, before the next one.
func (p *Page) Text(t testing.TB, heading string) string {
	t.Helper()
	return strings.Join(p.below(t, heading), "\n")
}

// Example returns the text of the first block of code below a heading.
func (p *Page) Example(t testing.TB, heading string) string {
	t.Helper()
	return p.Examples(t, heading)[0]
}

// Examples returns the texts of all blocks of code below a heading, of which there must be one.
func (p *Page) Examples(t testing.TB, heading string) []string {
	t.Helper()
	var all []string
	parts := strings.Split("\n"+p.Text(t, heading), "\n```")
	for i := 1; i+1 < len(parts); i += 2 { // every other part is outside
		_, text, _ := strings.Cut(parts[i], "\n") // behind the language
		all = append(all, text)
	}
	if len(all) == 0 {
		t.Fatalf("%s has no example below %q", p.path, heading)
	}
	return all
}

// below are the lines from a heading to the next one.
func (p *Page) below(t testing.TB, heading string) []string {
	t.Helper()
	isHeading := func(line string) bool { return headings.MatchString(line) }
	begin := slices.IndexFunc(p.lines, func(line string) bool {
		return isHeading(line) && strings.ReplaceAll(strings.TrimLeft(line, "# "), "`", "") == heading
	})
	if begin < 0 {
		t.Fatalf("%s has no heading %q", p.path, heading)
	}
	rest := p.lines[begin+1:]
	if end := slices.IndexFunc(rest, isHeading); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

var (
	headings = regexp.MustCompile("^#+ ")
	codes    = regexp.MustCompile("`([^` ]+)[^`]*`")
)

// code is the first word of the first code in a cell, or "".
func code(cell string) string {
	found := codes.FindStringSubmatch(cell)
	if found == nil {
		return ""
	}
	return found[1]
}

// split returns the cells of a table's line; nil for what is none. "\|" is a bar in a cell.
func split(line string) []string {
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	const bar = "\x00"
	line = strings.ReplaceAll(strings.Trim(strings.TrimSpace(line), "|"), `\|`, bar)
	cells := strings.Split(line, "|")
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(strings.TrimSpace(cell), bar, "|")
	}
	return cells
}

// Compare fails the test for every name that only one side has: what a table documents, and what
// there is.
func Compare[V any](t testing.TB, what string, documented map[string]V, real []string) {
	t.Helper()
	for _, name := range real {
		if _, ok := documented[name]; !ok {
			t.Errorf("%s: %q is not in the manual", what, name)
		}
	}
	for name := range documented {
		if !slices.Contains(real, name) {
			t.Errorf("%s: the manual has %q, which there is not", what, name)
		}
	}
}
