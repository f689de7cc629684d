package words

import (
	"fmt"
	"regexp"
	"sync/atomic"
)

// Values fills the {{.Name}} fields of a translated text.
type Values = map[string]any

// translation is a language that was loaded: its file, and what is in it.
type translation struct {
	file  []byte
	texts map[string]string
}

var loaded atomic.Pointer[translation]

// L says an English text in the language that was loaded, with its fields filled. A text without a
// translation stays English; a field without a value is left out. Values are put in as they are: a field
// in a value is no field.
func L(text string, values ...Values) string {
	return fill(translated(text), func(name string) string {
		for _, v := range values {
			if value, ok := v[name]; ok {
				return fmt.Sprint(value)
			}
		}
		return ""
	})
}

// File is the JSON file of the language that was loaded, {} if none was: for a toolkit that says a few
// words of its own.
func File() []byte {
	if l := loaded.Load(); l != nil {
		return l.file
	}
	return []byte("{}")
}

func translated(text string) string {
	if l := loaded.Load(); l != nil && l.texts[text] != "" {
		return l.texts[text]
	}
	return text
}

var field = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func fill(text string, value func(name string) string) string {
	return field.ReplaceAllStringFunc(text, func(found string) string {
		return value(field.FindStringSubmatch(found)[1])
	})
}
