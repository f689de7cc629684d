package download

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestDetail bounds what is shown of what a server said, in bytes.
const longestDetail = 300

// verdict is what an error means.
type verdict struct {
	cause   Cause
	passing bool // it may be over when it is tried again in a moment
	detail  string
}

// signs are what servers' errors have in them, the surest first. Ollama passes on what its libraries and the
// registry said: server/images.go, server/download.go and types/errtypes of v0.6.0, and the errors of Go's packages
// net, os and syscall on all systems. A status has a blank before it: the port of an address may end like one.
var signs = []struct {
	said    string
	cause   Cause
	passing bool
}{
	{"no space left", DiskFull, false},
	{"not enough space on the disk", DiskFull, false}, // Windows: ERROR_DISK_FULL
	{"disk quota exceeded", DiskFull, false},
	{"insufficient storage", DiskFull, false},
	{"digest mismatch", WrongDigest, false},
	{"newer version of", ServerOld, false},
	{" 412:", ServerOld, false},
	{"invalid model name", UnknownName, false},
	{"file does not exist", UnknownName, false}, // what Ollama makes of the registry's 404
	{"model not found", UnknownName, false},
	{"no models found", UnknownName, false}, // LM Studio's tool
	{"manifest unknown", UnknownName, false},
	{"unauthorized", NotAllowed, false},
	{"access denied", NotAllowed, false},
	{" 401:", NotAllowed, false},
	{" 403:", NotAllowed, false},
	{"no such host", NoNetwork, true},
	{"server misbehaving", NoNetwork, true}, // what Go says of a resolver that cannot resolve
	{"network is unreachable", NoNetwork, true},
	{"no route to host", NoNetwork, true},
	{"network is down", NoNetwork, true},
	{"connection refused", NoNetwork, true},
	{"actively refused", NoNetwork, true}, // Windows
	{"proxyconnect", NoNetwork, true},
	{"x509", NoNetwork, true}, // something answers in the registry's place, as a hotel's Wi-Fi until somebody signs in
	{"max retries exceeded", Cut, true},
	{"connection reset", Cut, true},
	{"forcibly closed", Cut, true}, // Windows
	{"broken pipe", Cut, true},
	{"eof", Cut, true},
	{"timeout", Cut, true},
	{"deadline exceeded", Cut, true},
	{"stalled", Cut, true},
	{"context canceled", Cut, true}, // of an earlier request for the same model, which we broke off
	{" 500:", Cut, true},
	{" 502:", Cut, true},
	{" 503:", Cut, true},
	{" 504:", Cut, true},
	{" 429:", Cut, true},
}

// judge says what an error means for the download.
func judge(err error) verdict {
	detail := err.Error()
	said, isRefusal := errors.AsType[refusal](err)
	switch {
	case errors.Is(err, errNoRoom):
		return verdict{DiskFull, false, detail}
	case errors.Is(err, errNonsense):
		return verdict{Nonsense, false, detail}
	case errors.Is(err, errStalled):
		return verdict{Stalled, true, detail}
	case isRefusal:
		return judgeRefusal(string(said))
	case errors.Is(err, errGone):
		return verdict{ServerGone, true, detail}
	}
	return verdict{Unclear, false, detail}
}

func judgeRefusal(said string) verdict {
	lower := " " + strings.ToLower(said) // a status stands at the beginning, or behind a blank
	for _, s := range signs {
		if strings.Contains(lower, s.said) {
			return verdict{s.cause, s.passing, said}
		}
	}
	return verdict{Unclear, false, said}
}

// What may be secret in an address: what libraries of models sign it with, and a name with a password.
var (
	query    = regexp.MustCompile(`\?[^\s"']+`)
	password = regexp.MustCompile(`//[^/\s"'@]+@`)
)

// short is text from a server, as one line that can be shown and logged: nothing in it that a screen would obey, and
// no secret of an address.
func short(s string) string {
	s = password.ReplaceAllString(query.ReplaceAllString(s, "?…"), "//…@")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) <= longestDetail {
		return s
	}
	cut := longestDetail
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
