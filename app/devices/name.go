package devices

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name, in characters: phones send theirs themselves.
const maxName = 60

// CleanName makes a name fit to be shown anywhere: one line, printable, not endless.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = strings.Map(printable, name)
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) > maxName {
		name = strings.TrimSpace(string([]rune(name)[:maxName]))
	}
	if name == "" {
		return "Phone"
	}
	return name
}

// freeName is name, with a number behind it when a device in list is called so already.
func freeName(name string, list []Device) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(list, func(d Device) bool {
			return strings.EqualFold(d.Name, name) && d.UnusedUntil.IsZero() // those are nobody's yet
		})
	}
	free := name
	for n := 2; taken(free); n++ {
		free = fmt.Sprintf("%s %d", name, n)
	}
	return free
}

// printable drops what could disturb a line of text: control characters and the invisible
// ones that change its direction. A line break separates words.
func printable(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsPrint(r):
		return r
	}
	return -1
}
