package words

import (
	"encoding/json"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// text is what a language says for an English sentence: one sentence, or one for each of the language's
// plural categories, as CLDR names them.
type text struct {
	other string
	forms map[string]string // nil where one sentence does for all numbers
}

// UnmarshalJSON reads "sentence" or {"one": "sentence", "other": "sentence"}.
func (t *text) UnmarshalJSON(b []byte) error {
	if !strings.HasPrefix(string(b), "{") {
		return json.Unmarshal(b, &t.other)
	}
	err := json.Unmarshal(b, &t.forms)
	t.other = t.forms["other"]
	return err
}

// form is the sentence for a plural category.
func (t text) form(category string) string {
	if said, ok := t.forms[category]; ok {
		return said
	}
	return t.other
}

// categories are the names of x/text's plural forms.
var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// locale is how a language counts and writes numbers.
type locale struct {
	tag     language.Tag
	printer *message.Printer
}

func newLocale(tag language.Tag) locale { return locale{tag: tag, printer: message.NewPrinter(tag)} }

// million bounds what plural rules are asked: they look at no more than the last six digits, and MatchPlural
// takes no more than seven.
const million = 1_000_000

// category is the plural category of a count: "one" for 21 in Russian.
func (l locale) category(n int) string {
	if n = max(n, -n); n >= million {
		n = million + n%million
	}
	return categories[plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)]
}

// shortUngrouped are the languages that write 1234 without a separator, and 12.345 with one. x/text does
// not know that of them (CLDR's minimumGroupingDigits).
const shortUngrouped = "es it"

// number writes x with so many decimal places, or fewer where the last ones are zeros.
func (l locale) number(x float64, decimals int) string {
	options := []number.Option{number.MaxFractionDigits(decimals)}
	base, _ := l.tag.Base()
	if -10_000 < x && x < 10_000 && strings.Contains(shortUngrouped, base.String()) {
		options = append(options, number.NoSeparator())
	}
	return l.printer.Sprint(number.Decimal(x, options...))
}

// percent writes a fraction as 35%.
func (l locale) percent(fraction float64) string {
	return l.printer.Sprint(number.Percent(fraction, number.MaxFractionDigits(0)))
}
