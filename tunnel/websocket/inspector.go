package websocket

import (
	"bytes"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/fault"
)

// inspector looks at what a client says over WebSocket, while it passes by in pieces of any size: a
// message that is a JSON object is held to what a request may have in it, see body.Scanner. All else,
// sound for one, passes. It is for one goroutine.
type inspector struct {
	head    []byte // of the frame that is passing, while it is not complete
	mask    []byte
	at      int    // in the mask
	left    uint64 // of the frame's payload
	control bool   // the frame is no part of a message
	final   bool   // it is the last one of its message
	isText  bool   // the message is not binary
	message *body.Scanner
	began   bool // something of the message has come, which told whether it is an object
	clear   []byte
}

// live are the members of OpenAI's Realtime events that hold what else is a whole request
// (https://platform.openai.com/docs/api-reference/realtime-client-events).
var live = []string{"session", "response"}

// pass looks at the next piece and returns why it must not reach the server; nil when it may.
func (i *inspector) pass(p []byte) *fault.Failure {
	for len(p) > 0 {
		if i.left == 0 {
			i.head = append(i.head, p[0])
			p = p[1:]
			if f := i.begin(); f != nil {
				return f
			}
			continue
		}
		n := int(min(i.left, uint64(len(p))))
		if f := i.payload(p[:n]); f != nil {
			return f
		}
		i.left -= uint64(n)
		p = p[n:]
		if f := i.end(); f != nil {
			return f
		}
	}
	return nil
}

// begin reads the frame's header once that is complete. A message may be in several frames, and control frames
// may come between them (RFC 6455, section 5.4): only a text or a binary frame begins one.
func (i *inspector) begin() *fault.Failure {
	const reserved, fin, opcode, masked = 0x70, 0x80, 0x0f, 0x80 // RFC 6455, section 5.2
	size, ok := payloadSize(i.head)
	if !ok {
		return nil
	}
	if i.head[0]&reserved != 0 {
		return fault.WebSocketUnclear // nobody has agreed on compressing them
	}
	kind := i.head[0] & opcode
	i.final, i.control = i.head[0]&fin != 0, kind >= 8
	if kind == 1 || kind == 2 {
		i.message, i.began, i.isText = nil, false, kind == 1
	}
	i.mask = []byte{0, 0, 0, 0}
	if i.head[1]&masked != 0 {
		copy(i.mask, i.head[len(i.head)-4:])
	}
	i.left, i.at, i.head = size, 0, i.head[:0]
	return i.end()
}

// payload looks at a part of a message, or of a frame beside it. It unmasks a copy: what goes on to the server
// must stay as the client masked it.
func (i *inspector) payload(p []byte) *fault.Failure {
	if i.control {
		return nil
	}
	i.clear = append(i.clear[:0], p...)
	for n := range i.clear {
		i.clear[n] ^= i.mask[i.at]
		i.at = (i.at + 1) % len(i.mask)
	}
	text := i.clear
	if !i.began {
		if text = bytes.TrimLeft(text, " \t\r\n"); len(text) == 0 {
			return nil
		}
		// Some parsers read an object after a byte order mark too, which body.Scanner refuses. No message
		// of that API begins with the first byte of one.
		if i.began = true; text[0] == '{' || i.isText && text[0] == "\ufeff"[0] {
			i.message = body.NewScanner()
			i.message.Nest(live...)
		}
	}
	if i.message == nil {
		return nil
	}
	_, err := i.message.Write(text)
	return fault.OfBody(err)
}

// end closes a message with its last frame.
func (i *inspector) end() *fault.Failure {
	if i.left > 0 || i.control || !i.final || i.message == nil {
		return nil
	}
	err := i.message.Close()
	i.message = nil
	return fault.OfBody(err)
}
