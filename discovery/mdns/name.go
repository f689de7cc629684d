package mdns

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxLabel = 63  // bytes, RFC 1035 section 2.3.4
	maxText  = 255 // bytes of one TXT string, RFC 1035 section 3.3.14
)

// validate refuses what zeroconf would accept, with no more than a line in the log, and then never send.
func (s Service) validate() error {
	switch {
	case instanceLabel(s.Instance) == "":
		return errors.New("the instance has no name")
	case !utf8.ValidString(s.Instance):
		return errors.New("the instance's name is not UTF-8")
	case s.Port < 1 || s.Port > 65535:
		return fmt.Errorf("port %d is not between 1 and 65535", s.Port)
	case !s.Addr.Is4() || s.Addr.IsUnspecified():
		return fmt.Errorf("%s is not an IPv4 address that can be reached", s.Addr)
	}
	for _, t := range s.Text {
		if len(t) > maxText {
			return fmt.Errorf("text %.20q... has %d bytes, more than %d", t, len(t), maxText)
		}
	}
	return validHost(s.Host)
}

// validHost holds a host's label to letters, digits and inner hyphens (RFC 1123 section 2.1):
// browsers look nothing else up.
func validHost(host string) error {
	if host == "" || len(host) > maxLabel {
		return fmt.Errorf("host %q must have 1 to %d characters", host, maxLabel)
	}
	if strings.HasPrefix(host, "-") || strings.HasSuffix(host, "-") {
		return fmt.Errorf("host %q begins or ends with a hyphen", host)
	}
	for _, r := range host {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", r) {
			return fmt.Errorf("host %q has %q in it; only letters, digits and hyphens can be looked up", host, r)
		}
	}
	return nil
}

// instanceLabel makes a DNS label from a name for people: no control characters (RFC 6763 section 4.1.1), at most
// 63 bytes, and neither dots nor spaces at its ends. There nobody would see them, and zeroconf drops dots.
func instanceLabel(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	return cut(strings.Trim(name, ". "), maxLabel)
}

// numbered is label with a number after it, unless it is the first.
func numbered(label string, n int) string {
	if n == 1 {
		return label
	}
	number := fmt.Sprintf(" (%d)", n)
	return cut(label, maxLabel-len(number)) + number
}

// cut takes characters off the end until no more than limit bytes are left.
func cut(name string, limit int) string {
	for len(name) > limit {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.TrimRight(name, ". ")
}

// escapeLabel writes a label the way that zeroconf's DNS library prints it when it reads a question. zeroconf
// compares names as printed, but does not escape them itself: without this it would not recognise a
// question for a name with a space, and a dot would split the name in two.
func escapeLabel(label string) string {
	var b strings.Builder
	for _, c := range []byte(label) {
		switch {
		case strings.IndexByte(`. '@;()"\`, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapeText protects the backslashes of a TXT string, where the same library looks for escapes too.
func escapeText(text string) string { return strings.ReplaceAll(text, `\`, `\\`) }
