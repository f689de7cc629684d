package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// chineseHeadings are those of README.zh-Hans.md, by the sections of README.md that are for people who use Modelbeam.
var chineseHeadings = []struct{ english, chinese string }{
	{"Use it", "使用方法"},
	{"Get it", "获取"},
	{"When the phone does not connect", "手机连不上时"},
	{"What is safe, and what is not", "什么是安全的，什么不是"},
}

// TestReadmeInChinese holds README.zh-Hans.md against README.md: it has the sections for people who use Modelbeam, in
// their order, with the same commands, links, pictures, and rows of tables.
func TestReadmeInChinese(t *testing.T) {
	english, chinese := sections(t, "README.md"), sections(t, "README.zh-Hans.md")
	var want []string
	for _, h := range chineseHeadings {
		want = append(want, h.chinese)
		compareParts(t, h.english, english.parts[h.english], chinese.parts[h.chinese])
	}
	if !slices.Equal(chinese.headings[1:], want) {
		t.Errorf("the headings are %q, want %q", chinese.headings[1:], want)
	}
	var order []string
	for _, h := range english.headings {
		if slices.ContainsFunc(chineseHeadings, func(c struct{ english, chinese string }) bool { return c.english == h }) {
			order = append(order, h)
		}
	}
	for i, h := range order {
		if h != chineseHeadings[i].english {
			t.Errorf("section %d of README.md is %q, in Chinese %q", i+1, h, chineseHeadings[i].chinese)
		}
	}
	if len(order) != len(chineseHeadings) {
		t.Errorf("README.md has %q of them", order)
	}
}

// document is a page by its second headings; the text before the first is under "".
type document struct {
	headings []string
	parts    map[string]string
}

func sections(t *testing.T, name string) document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	d := document{parts: map[string]string{}}
	for i, part := range strings.Split("\n"+string(text), "\n## ") {
		heading, rest, _ := strings.Cut(part, "\n")
		if i == 0 {
			heading = ""
		}
		d.headings = append(d.headings, heading)
		d.parts[heading] = rest
	}
	return d
}

var (
	commandBlock = regexp.MustCompile("(?s)```sh\n.*?```")
	codeSpan     = regexp.MustCompile("`[^`\n]+`")
	linkTarget   = regexp.MustCompile(`\]\(([^)]+)\)`)
	tableRow     = regexp.MustCompile(`(?m)^\| .*\|$`)
	listItem     = regexp.MustCompile(`(?m)^(?:\*|\d\.) `)
)

func compareParts(t *testing.T, heading, english, chinese string) {
	t.Helper()
	spans := func(s string) []string {
		all := codeSpan.FindAllString(commandBlock.ReplaceAllString(s, ""), -1)
		slices.Sort(all)
		return slices.Compact(all)
	}
	for _, kind := range []struct {
		name string
		of   func(string) []string
	}{
		{"blocks of commands", func(s string) []string { return commandBlock.FindAllString(s, -1) }},
		{"code", spans},
		{"links", func(s string) []string { return linkTarget.FindAllString(s, -1) }},
		{"rows", func(s string) []string { return []string{fmt.Sprint(len(tableRow.FindAllString(s, -1)))} }},
		{"items", func(s string) []string { return []string{fmt.Sprint(len(listItem.FindAllString(s, -1)))} }},
	} {
		if want, got := kind.of(english), kind.of(chinese); !slices.Equal(want, got) {
			t.Errorf("%s under %q: %q in English, %q in Chinese", kind.name, heading, want, got)
		}
	}
}
