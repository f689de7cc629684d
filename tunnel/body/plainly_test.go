package body

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// reading is all that the gateway wants to know of a body.
type reading struct {
	Model                              string
	Streams, InParts                   bool
	Prompts, Inputs, Messages, Answers int
	Members                            int
	Settings                           []string // each with its value, in the order of the body

	refused bool // no server may get the body; nothing else counts then
}

// readingOf is what the scanner has found.
func readingOf(s *Scanner) reading {
	r := reading{
		Model: s.Model().Value, Streams: s.Streams, InParts: s.InParts,
		Prompts: s.Prompts, Inputs: s.Inputs, Messages: s.Messages, Answers: s.Answers, Members: s.Members,
	}
	for _, set := range s.Settings {
		r.Settings = append(r.Settings, set.Name+"="+set.Text)
	}
	return r
}

// disputed are the escapes of which parsers make different things: a zero, halves of surrogate pairs, and
// what stands for a character that is none.
var disputed = regexp.MustCompile(`(?i)\\u(0000|d[89a-f]|fffd)`)

// plainly reads a body with encoding/json. It reports false for what is not plain: where it could
// be disputed what the scanner should say, which other tests hold to the letter.
func plainly(body string) (r reading, ok bool) {
	members, valid := membersOf(body)
	if !valid || !utf8.ValidString(body) || strings.Contains(body, "\uFFFD") || disputed.MatchString(body) {
		return r, false
	}
	if !r.addAll(members, 1) {
		return r, false
	}
	r.Members = len(members)
	return r, len(r.Settings) <= maxSettings
}

// addAll reads the members of an object at a depth. It reports false where the body is not plain.
func (r *reading) addAll(members []member, depth int) bool {
	seen := make(map[string]bool)
	for _, m := range members {
		name, role := roleOf(m.name)
		if len(m.name) > longestRole || len(m.value) > maxToken || seen[name] || !r.add(m, name, role, depth) {
			return false
		}
		seen[name] = true
	}
	return true
}

// add reads one more member, and reports false where the body is not plain.
func (r *reading) add(m member, name string, role role, depth int) bool {
	var value any
	if json.Unmarshal([]byte(m.value), &value) != nil {
		return false
	}
	text, isString := value.(string)
	switch {
	case name == "model" && depth > 1:
		r.refused = true
	case name == "model":
		r.Model = text
		r.refused = r.refused || m.name != "model" || !isString && value != nil
	case role == nesting:
		return r.nest(m.value, depth+1)
	case role == otherModel || role == serverTool:
		r.refused = r.refused || !isNothing(value)
	case role == tools:
		r.refused = r.refused || anyServerTool(m.value)
	case role == setting:
		r.set(name, m.value)
	case role == options:
		inner, isObject := membersOf(m.value)
		for _, o := range inner {
			if folded, role := roleOf(o.name); role == setting {
				r.set(folded, o.value)
			}
		}
		return isObject || value == nil
	case role == answers:
		r.Answers = max(r.Answers, number(textOf(m.value)))
	case role == prompts:
		r.Prompts += countOf(m.value)
		if text != "" {
			r.Prompts++
		}
	case role == inputs:
		r.Inputs += countOf(m.value)
		if isString {
			r.Inputs++
		}
	case role == messages:
		r.Messages += countOf(m.value)
		r.InParts = r.InParts || anyInParts(m.value)
	case m.name == "stream":
		r.Streams = m.value == "true"
	}
	return true
}

// nest reads an object within as more of the request.
func (r *reading) nest(value string, depth int) bool {
	inner, isObject := membersOf(value)
	if strings.ContainsAny(value[:1], "{[") && depth > maxNesting {
		r.refused = true
	}
	return !isObject || r.addAll(inner, depth)
}

// isNothing reports whether a value names no model and no tool.
func isNothing(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// anyServerTool looks for a tool of a type that the server would run, in a list of tools or a tool.
func anyServerTool(value string) bool {
	all := elementsOf(value)
	if all == nil {
		all = []string{value}
	}
	for _, of := range all {
		tool, _ := membersOf(of)
		for _, m := range tool {
			if fold(m.name) == "type" && m.value[0] == '"' && strings.Contains(fold(textOf(m.value)), mcp) {
				return true
			}
		}
	}
	return false
}

// elementsOf are those of a list, as they are written; nil for what is none.
func elementsOf(value string) (all []string) {
	var raw []json.RawMessage
	if value[0] != '[' || json.Unmarshal([]byte(value), &raw) != nil {
		return nil
	}
	for _, element := range raw {
		all = append(all, string(element))
	}
	return all
}

// set notes a setting.
func (r *reading) set(name, value string) {
	r.Settings = append(r.Settings, name+"="+textOf(value))
}

// textOf is a value as text: a string without quotes, and nothing for a list or an object.
func textOf(value string) (text string) {
	switch value[0] {
	case '{', '[':
		return ""
	case '"':
		if json.Unmarshal([]byte(value), &text) == nil {
			return text
		}
	}
	return value
}

// countOf counts the texts in a list: numbers are the tokens of one, and not counted.
func countOf(value string) (n int) {
	for _, element := range elementsOf(value) {
		if strings.ContainsAny(element[:1], "\"{[") {
			n++
		}
	}
	return n
}

// anyInParts reports whether the content of some message is a list.
func anyInParts(value string) bool {
	for _, element := range elementsOf(value) {
		message, _ := membersOf(element)
		for _, m := range message {
			if fold(m.name) == "content" && m.value[0] == '[' {
				return true
			}
		}
	}
	return false
}

// asPlainly compares what the scanner found in a body with what encoding/json finds.
func asPlainly(t *testing.T, body string, s *Scanner, err error) {
	t.Helper()
	want, ok := plainly(body)
	if !ok {
		return
	}
	if want.refused {
		if err == nil {
			t.Errorf("%q passes", body)
		}
		return
	}
	if got := readingOf(s); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as %+v, %v; plainly it is %+v", body, got, err, want)
	}
}

// anotherModel puts another name where the scanner found the model, and looks whether that is what a
// server reads then, and all else as before.
func anotherModel(t *testing.T, body string, s *Scanner) {
	t.Helper()
	at := s.Model()
	if at.End == 0 {
		return
	}
	var was, is map[string]json.RawMessage
	changed := edited(t, body, []edit{{Start: at.Start, End: at.End, Text: []byte(`"another"`)}})
	if json.Unmarshal([]byte(body), &was) != nil || json.Unmarshal([]byte(changed), &is) != nil {
		t.Fatalf("%q becomes %q", body, changed)
	}
	was["model"] = json.RawMessage(`"another"`)
	if !reflect.DeepEqual(was, is) {
		t.Errorf("%q becomes %q", body, changed)
	}
}

// skeleton is a body with another word in place of each string, and of each number or literal. It is
// JSON exactly when the containers, commas and colons of the body are.
func skeleton(body string) string {
	return words.ReplaceAllStringFunc(body, func(word string) string {
		if word[0] == '"' {
			return `"a"`
		}
		return "0"
	})
}

var words = regexp.MustCompile(`(?s)"(?:[^"\\]|\\.)*"|[A-Za-z0-9+.-]+`)

// cutOff looks whether an object without its end is refused.
func cutOff(t *testing.T, body string) {
	t.Helper()
	whole := strings.TrimRight(body, " \t\r\n")
	if _, err := scan(whole[:len(whole)-1], len(body), "model"); err == nil {
		t.Errorf("%q passes without its end", body)
	}
}
