package words

import (
	"fmt"
	"regexp"
	"strconv"
	"sync/atomic"

	"golang.org/x/text/language"
)

// Values fills the {{.Name}} fields of a translated text. An int is written as the language writes
// numbers, and the one named Count decides which of its plural forms a text has.
type Values = map[string]any

// translation is a language that was loaded: its file, and what is in it.
type translation struct {
	chosen   string // by the person
	file     []byte
	language Language
	locale   locale
	texts    map[string]text
}

var loaded atomic.Pointer[translation]

// english is spoken before anything is loaded.
var english = translation{file: []byte("{}"), language: Languages[0], locale: newLocale(language.English)}

// speaking is the language of this moment.
func speaking() *translation {
	if l := loaded.Load(); l != nil {
		return l
	}
	return &english
}

// L says an English text in the language that was loaded, with its fields filled. A text without a
// translation stays English; a field without a value is left out. Values are put in as they are: a field
// in a value is no field.
func L(text string, values ...Values) string {
	l := speaking()
	value := func(name string) any {
		for _, v := range values {
			if value, ok := v[name]; ok {
				return value
			}
		}
		return nil
	}
	return l.fill(l.translated(text, value(count)), value)
}

// count is the field that a text's plural forms go by.
const count = "Count"

// File is the JSON file of the language that was loaded, {} if none was: for a toolkit that says a few
// words of its own.
func File() []byte { return speaking().file }

// translated is a text in the form for a number, or in the only one where there is none.
func (t *translation) translated(english string, number any) string {
	said := t.texts[english].other
	if n, ok := number.(int); ok {
		said = t.texts[english].form(t.locale.category(n))
	}
	if said == "" {
		return english
	}
	return said
}

var field = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func (t *translation) fill(text string, value func(name string) any) string {
	return field.ReplaceAllStringFunc(text, func(found string) string {
		switch v := value(field.FindStringSubmatch(found)[1]).(type) {
		case nil:
			return ""
		case int:
			return t.locale.number(float64(v), 0)
		default:
			return fmt.Sprint(v)
		}
	})
}

// param is a value that came as text. A count is a number again.
func param(name, value string) any {
	if n, err := strconv.Atoi(value); name == count && err == nil {
		return n
	}
	return value
}
