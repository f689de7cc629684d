package body

import (
	"strings"
	"unicode/utf8"
)

// ligatures are the letters that become two or three ASCII ones in full case mapping (Unicode's
// SpecialCasing.txt and CaseFolding.txt), as Python's casefold and JavaScript's toUpperCase do it.
var ligatures = strings.NewReplacer(
	"ß", "ss", "ẞ", "ss", "ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st", "\u0307", "",
)

// fold brings the name of a member into the form in which any two names are equal that some parser
// takes for the same one. encoding/json ignores the case of letters, and so takes the long s (U+017F)
// for an s and the Kelvin sign (U+212A) for a k; others map to upper or to lower case.
func fold(name string) string {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return strings.ToLower(strings.ToUpper(ligatures.Replace(name)))
		}
	}
	return strings.ToLower(name)
}
