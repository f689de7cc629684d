package transport

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"net/textproto"
)

const (
	// maxLine bounds a line of framing, and maxTrailer all that comes behind the last chunk, in bytes. A line has
	// to fit into the buffer of a connection.
	maxLine    = 4 << 10
	maxTrailer = 32 << 10
	// maxExcess is how much framing there may be beyond 16 bytes for each chunk and twice its content:
	// otherwise extensions without end would look like an answer on its way. net/http has these bounds too.
	maxExcess      = 16 << 10
	excessPerChunk = 16
)

var (
	errChunk   = errors.New("read answer: malformed chunk")
	errExcess  = errors.New("read answer: too much framing for what is in it")
	errTrailer = errors.New("read answer: trailer without end")
)

// chunks is the chunked framing (RFC 9112 section 7.1). It is strict: what is understood in two ways, as an end
// of line without a carriage return, could hide an answer in another one.
type chunks struct {
	at      chunkPart
	left    int64        // of the chunk that is being read
	excess  int64        // see maxExcess
	trailer *http.Header // of the answer
	fields  []byte       // of the trailer, as they came
}

// chunkPart is what comes next. From atSize to atEndOfContent it goes round, once for each chunk; after the one
// of size 0 the trailer comes.
type chunkPart uint8

const (
	atSize chunkPart = iota
	atContent
	atEndOfContent
	atTrailer
	atEnd
)

func (*chunks) cutOff() error { return io.ErrUnexpectedEOF }

func (k *chunks) took(n int) { k.left -= int64(n) }

func (k *chunks) next(c *conn) (int, error) {
	for {
		if k.at == atContent && k.left > 0 {
			return int(min(k.left, int64(len(c.buffered())))), nil
		}
		if goes, err := k.step(c); err != nil || !goes {
			return 0, err
		}
	}
}

// step takes one piece of framing. It reports false when that has not come yet, and returns io.EOF behind the
// last one.
func (k *chunks) step(c *conn) (goes bool, err error) {
	switch k.at {
	case atSize:
		return k.size(c)
	case atContent:
		k.at = atEndOfContent
		return true, nil
	case atEndOfContent:
		return k.endOfContent(c)
	case atTrailer:
		return k.field(c)
	}
	return false, io.EOF
}

// line returns the line in front of what is buffered, without its end, and leaves it there. One that may still
// come is no error until it is too long. A carriage return stands at the end alone: some readers take a bare one
// for an end of line.
func line(c *conn) (text []byte, came bool, err error) {
	in := c.buffered()
	end := bytes.IndexByte(in, '\n')
	switch {
	case end < 0 && len(in) <= maxLine:
		return nil, false, nil
	case end < 0 || end > maxLine, end == 0 || bytes.IndexByte(in[:end], '\r') != end-1:
		return nil, false, errChunk
	}
	return in[:end-1], true, nil
}

// size takes the size of a chunk. Extensions are ignored, as those must be that one does not know (RFC 9112
// section 7.1.1).
func (k *chunks) size(c *conn) (bool, error) {
	text, came, err := line(c)
	if !came {
		return false, err
	}
	digits, _, _ := bytes.Cut(bytes.TrimRight(text, " \t"), []byte{';'}) // an extension
	n, ok := hexadecimal(digits)
	if !ok {
		return false, errChunk
	}
	k.excess = max(k.excess+int64(len(text))+2-excessPerChunk-2*min(n, maxExcess), 0)
	if k.excess > maxExcess {
		return false, errExcess
	}
	c.take(len(text) + 2)
	k.left, k.at = n, atContent
	if n == 0 {
		k.at = atTrailer
	}
	return true, nil
}

// hexadecimal reads a size. One that has no room in 63 bits is no size.
func hexadecimal(digits []byte) (size int64, ok bool) {
	if len(digits) == 0 || len(digits) > 16 {
		return 0, false
	}
	n := uint64(0)
	for _, b := range digits {
		switch {
		case '0' <= b && b <= '9':
			b -= '0'
		case 'a' <= b|0x20 && b|0x20 <= 'f':
			b = b | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		n = n<<4 | uint64(b)
	}
	return int64(n), n <= math.MaxInt64
}

// endOfContent takes the end of line behind the content of a chunk. Anything else there means that the size was
// wrong, and then nobody can tell where the next chunk begins.
func (k *chunks) endOfContent(c *conn) (bool, error) {
	in := c.buffered()
	switch {
	case len(in) >= 2 && in[0] == '\r' && in[1] == '\n':
		c.take(2)
		k.at = atSize
		return true, nil
	case len(in) == 0, len(in) == 1 && in[0] == '\r':
		return false, nil
	}
	return false, errChunk
}

// field takes a field of the trailer, or the empty line at its end.
func (k *chunks) field(c *conn) (bool, error) {
	text, came, err := line(c)
	if !came {
		return false, err
	}
	size := len(text) + 2
	k.fields = append(k.fields, c.buffered()[:size]...)
	c.take(size)
	switch {
	case size > 2 && len(k.fields) > maxTrailer:
		return false, errTrailer
	case size > 2:
		return true, nil
	case len(k.fields) > 2:
		err = k.parseTrailer()
	}
	k.at, k.fields = atEnd, nil
	return err == nil, err
}

// parseTrailer adds the fields to those that were announced. Both reach whoever has read the body to its end,
// as net/http has it.
func (k *chunks) parseTrailer() error {
	fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(k.fields))).ReadMIMEHeader()
	if err != nil {
		return errTrailer
	}
	if *k.trailer == nil {
		*k.trailer = make(http.Header)
	}
	for name, values := range fields {
		(*k.trailer)[name] = values
	}
	return nil
}
