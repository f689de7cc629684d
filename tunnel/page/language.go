package page

import (
	"cmp"
	"slices"
	"strings"
)

// alsoKnown are other tags of what we speak, as in words/language.js: Cantonese is read as in Hong Kong.
var alsoKnown = map[string]string{"yue": "zh-hk", "gsw": "de", "iw": "he"}

// fallback is the language of whoever speaks none of ours.
const fallback = "en"

// choose returns the first of the languages in an Accept-Language header that there is, by the names of the
// files in assets/translations/page. Browsers name them in the order of preference. The page itself has the last
// word, in words/text.js: where that differs it asks for the other file.
func choose(header string, languages []string) string {
	for wish := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(wish, ";")
		if language := match(strings.ToLower(strings.TrimSpace(tag)), languages); language != "" {
			return language
		}
	}
	return fallback
}

// match returns the language that has the most parts of a tag, "" for none: "pt-BR" for "pt-br-x", "zh" for "zh-cn".
func match(tag string, languages []string) string {
	tag = strings.Replace(cmp.Or(alsoKnown[tag], tag), "_", "-", 1)
	if chinese, ok := chineseOf(tag); ok && slices.Contains(languages, chinese) {
		return chinese
	}
	for {
		for _, language := range languages {
			if strings.EqualFold(language, tag) {
				return language
			}
		}
		end := strings.LastIndexByte(tag, '-')
		if end < 0 {
			break
		}
		tag = tag[:end]
	}
	for _, language := range languages { // "pt" is understood where only "pt-BR" is there
		if base, _, _ := strings.Cut(language, "-"); base != "zh" && strings.EqualFold(base, tag) {
			return language
		}
	}
	return ""
}

// chineseOf tells how Chinese is written for a tag: in Taiwan, Hong Kong and Macau in traditional characters.
func chineseOf(tag string) (language string, ok bool) {
	parts := strings.Split(tag, "-")
	if parts[0] != "zh" {
		return "", false
	}
	traditional := slices.Contains(parts, "hant") ||
		!slices.Contains(parts, "hans") && slices.ContainsFunc(parts, func(p string) bool { return p == "tw" || p == "hk" || p == "mo" })
	if traditional {
		return "zh-Hant", true
	}
	return "zh-Hans", true
}
