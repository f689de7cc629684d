package admission

import (
	"bytes"
	"io"
	"time"
)

// speeches are how connections begin that are none of HTTP/1. Who speaks them is told, because it says what a person
// did or which program came: never a byte of it, since a key may stand in what is no request by a mistake.
var speeches = []struct{ start, name string }{
	{"SSH-", "ssh"},   // RFC 4253 section 4.2
	{"\x05", "socks"}, // RFC 1928 section 3
	{"\x04\x01", "socks"},
	{"\x00\x00\x00", "smb"}, // a NetBIOS session's length, before its four letters (MS-SMB2 section 2.1)
}

// speechOf names what a connection begins with: "http" for what has the form of a request's first word, and "" for what
// nobody knows. TLS is told apart before.
func speechOf(first []byte) string {
	for _, s := range speeches {
		if bytes.HasPrefix(first, []byte(s.start)) {
			return s.name
		}
	}
	word, _, spaced := bytes.Cut(first, []byte(" "))
	if spaced && len(word) > 0 && len(word) <= len("OPTIONS") && len(bytes.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == 0 {
		return "http"
	}
	return ""
}

// isTLS reports whether a connection begins with a handshake of TLS: a record of type 22 and of a
// version 3.x (RFC 8446 section 5.1). No request begins so.
func isTLS(first []byte) bool {
	return len(first) > 0 && first[0] == 0x16 && (len(first) == 1 || first[1] == 0x03)
}

// plainAnswer is what somebody gets who speaks TLS here. No browser shows it. It is no alert of TLS,
// which would be taken for a quarrel over versions or ciphers: to an answer that is not TLS at all
// programs say "wrong version number" or "record too long", and both are known as the sign of https
// where http belongs.
const plainAnswer = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" +
	"This address is plain http. Use http:// in place of https://.\n"

// refuseTLS answers a handshake and returns what ends the connection.
func (c *Conn) refuseTLS() error {
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = io.WriteString(c.Conn, plainAnswer)
	c.desk.end(c)
	if peer := c.peer(); c.desk.Encrypted != nil && peer.IsValid() {
		c.desk.Encrypted(peer)
	}
	return io.EOF
}
