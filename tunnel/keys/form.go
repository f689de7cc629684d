package keys

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// A key has a form of its own, keyStart and then 22 characters of base64url, so it is known wherever
// it stands and whatever stands around it. People paste keys with quotes, a comma or a line end, into
// fields that put "Bearer" before what is there, or do not. The core makes keys, and has the same beginning as
// devices.keyPrefix: neither package imports the other.
const (
	keyStart  = "mb_"
	keyLength = len(keyStart) + 22
)

// formed returns the keys in text, in their order: what has the form of one and does not go on. It
// finds one also after letters, for "Bearermb_...", and when a phone's keyboard wrote its first letter
// large.
func formed(text string) []string {
	var keys []string
	for rest := fromMark(text); len(rest) >= keyLength; rest = fromMark(rest) {
		candidate := rest[:keyLength]
		if goesOn(rest[keyLength:]) || !strings.EqualFold(candidate[:len(keyStart)], keyStart) || !allKeyBytes(candidate) {
			rest = rest[1:]
			continue
		}
		keys = append(keys, keyStart+candidate[len(keyStart):])
		rest = rest[keyLength:]
	}
	return keys
}

// keyMark is the character of keyStart that is rare in other texts.
const keyMark = len(keyStart) - 1

// fromMark is text from where the next key can begin at the earliest.
func fromMark(text string) string {
	if len(text) <= keyMark {
		return ""
	}
	i := strings.IndexByte(text[keyMark:], keyStart[keyMark])
	if i < 0 {
		return ""
	}
	return text[i:]
}

// goesOn reports whether what stands after a candidate belongs to it. Underscores and dashes alone do
// not: they are what Markdown and lists put around words.
func goesOn(rest string) bool {
	rest = strings.TrimLeft(rest, "_-")
	return rest != "" && isKeyByte(rest[0])
}

func allKeyBytes(s string) bool {
	for i := range len(s) {
		if !isKeyByte(s[i]) {
			return false
		}
	}
	return true
}

func isKeyByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_'
}

// found returns the keys in text, also those in words that are encoded.
func found(text string) []string {
	keys := formed(text)
	for word := range strings.FieldsSeq(text) {
		if len(word) > keyLength && len(keys) == 0 && isEncoded(word) {
			keys = formed(decoded(word))
		}
	}
	return keys
}

// keysIn returns the keys in what a client sent as its key. Where none has our form, that is what
// the client took for one, so that it is told that its key is wrong, not that there is none.
func keysIn(value string) []string {
	if keys := found(value); len(keys) > 0 {
		return keys
	}
	scheme, word, given := strings.Cut(strings.TrimSpace(value), " ")
	if word = strings.TrimSpace(word); given && word != "" {
		return []string{word}
	}
	if isScheme(scheme) {
		return nil
	}
	return []string{scheme}
}

// isScheme reports whether word is what stands before a key, and no key.
func isScheme(word string) bool {
	for _, scheme := range [...]string{"Bearer", "Basic", "Token"} {
		if strings.EqualFold(strings.TrimRight(word, ":"), scheme) {
			return true
		}
	}
	return false
}

// isEncoded reports whether a word may be one that decoded changes: most words in a request's head are not,
// and to try them all would be most of what a request costs here.
func isEncoded(word string) bool {
	inBase64 := func(c rune) bool { return c < 0x80 && (isKeyByte(byte(c)) || strings.ContainsRune("+/=", c)) }
	return strings.ContainsRune(word, '%') || !strings.ContainsFunc(word, func(c rune) bool { return !inBase64(c) })
}

// decoded is a word without what a client may have put it in: base64, as Basic has it (RFC 7617),
// with the key as password or as user, or the escapes of a URL.
func decoded(word string) string {
	for _, encoding := range [...]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if plain, err := encoding.DecodeString(word); err == nil {
			return string(plain)
		}
	}
	plain, err := url.PathUnescape(word)
	if err != nil {
		return ""
	}
	return plain
}
