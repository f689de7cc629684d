package assets

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"modelbeam/tunnel/fault"
)

// notMet are the codes of the gateway that the page cannot meet: its own requests are well formed, go to
// paths that there are, and ask for nothing but pairing, models and answers.
var notMet = []fault.Code{
	"bad_request", "encoding_not_supported", "field_not_allowed", "method_not_allowed", "models_kept",
	"tool_not_allowed", "unknown_path", "websocket_expected",
}

// ofThePage are the problems that no gateway tells of: the page finds out by itself.
var ofThePage = []fault.Code{"other_laptop", "sign_in", "unreachable"}

// problemPattern finds a code that has words, in the table and where one shares another's.
var problemPattern = regexp.MustCompile(`(?m)^  (\w+): \{ kind: "|^PROBLEMS\.set\("(\w+)"`)

// TestEveryCodeHasWords holds the page's words against the gateway's codes: a code without words would be
// "Something went wrong" in a person's language, and a sentence in English.
func TestEveryCodeHasWords(t *testing.T) {
	source, err := fs.ReadFile(Connect, "words/problems.js")
	if err != nil {
		t.Fatal(err)
	}
	var worded []fault.Code
	for _, found := range problemPattern.FindAllStringSubmatch(string(source), -1) {
		worded = append(worded, fault.Code(strings.Join(found[1:], "")))
	}
	for code, meaning := range fault.Codes {
		if has, met := slices.Contains(worded, code), !slices.Contains(notMet, code); has != met {
			t.Errorf("%s (%s) has words on the page: %v; can be met there: %v", code, meaning.Means, has, met)
		}
	}
	for _, code := range append(worded, notMet...) {
		if _, known := fault.Codes[code]; !known && !slices.Contains(ofThePage, code) {
			t.Errorf("there is no code %s", code)
		}
	}
}
