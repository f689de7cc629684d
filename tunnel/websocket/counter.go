package websocket

// counter follows where WebSocket frames begin and end (RFC 6455, section 5.2).
type counter struct {
	head []byte // of the frame that is passing, while it is not complete
	left uint64 // of that frame's payload
	over bool   // a close frame has passed
}

// between reports whether a frame of ours may come now: none is passing, and none may follow a close frame
// (RFC 6455, section 5.5.1).
func (f *counter) between() bool { return len(f.head) == 0 && f.left == 0 && !f.over }

// pass follows the next bytes, of any number of frames and parts of frames. It looks into no
// frame, so that it does not matter whether they are masked.
func (f *counter) pass(p []byte) {
	for len(p) > 0 {
		if n := min(f.left, uint64(len(p))); n > 0 {
			f.left -= n
			p = p[n:]
			continue
		}
		f.head = append(f.head, p[0])
		p = p[1:]
		if size, ok := payloadSize(f.head); ok {
			f.over = f.over || f.head[0]&0x0f == 8
			f.left, f.head = size, f.head[:0]
		}
	}
}

// payloadSize reads the size from a frame's header. It reports false while that is not complete. The header
// is two bytes, then none, two or eight with the size if it does not fit into seven bits, then four with the
// mask if there is one.
func payloadSize(head []byte) (uint64, bool) {
	if len(head) < 2 {
		return 0, false
	}
	size, extended := uint64(head[1]&0x7f), 0
	switch size {
	case 126:
		extended = 2
	case 127:
		extended = 8
	}
	mask := 0
	if head[1]&0x80 != 0 {
		mask = 4
	}
	if len(head) < 2+extended+mask {
		return 0, false
	}
	if extended > 0 {
		size = 0
		for _, b := range head[2 : 2+extended] {
			size = size<<8 | uint64(b)
		}
	}
	return size, true
}
