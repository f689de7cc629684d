package body

import (
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxWindow is what a decoder of zstd keeps of what it has unpacked: the most that may be asked of
	// one on the web (RFC 9659).
	maxWindow = 8 << 20
	// maxRatio is how many bytes one byte may unpack to, after the first of them: JSON of one
	// repeated word comes near 200, a bomb of gzip has 1,030.
	maxRatio = 256
	freeRide = 1 << 20
)

// Packing returns the one encoding that a body is in by its Content-Encoding headers: "" for none,
// "gzip" or "zstd", which is what clients of LLM servers are known to send. Its error is a *Fault.
func Packing(headers []string) (string, error) {
	found := ""
	for name := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "", "identity":
			continue
		case "x-gzip": // RFC 9110, section 8.4.1.3
			name = "gzip"
		case "gzip", "zstd":
		default:
			return "", &Fault{UnknownPacking, name}
		}
		if found != "" {
			return "", &Fault{UnknownPacking, found + ", " + name}
		}
		found = name
	}
	return found, nil
}

// Unpack reads what is packed in r, in an encoding of Packing. Errors of r come as they are, what is
// wrong with the packing as a *Fault. Close it; that does not close r. The limits of the whole body
// are the caller's, both packed and unpacked.
func Unpack(encoding string, r io.Reader) (io.ReadCloser, error) {
	u := &unpacker{packed: counter{r: r}}
	var err error
	switch encoding {
	case "gzip":
		var z *gzip.Reader
		if z, err = gzip.NewReader(&u.packed); err == nil {
			u.from, u.close = z, func() {}
		}
	case "zstd":
		var z *zstd.Decoder
		z, err = zstd.NewReader(&u.packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow))
		if err == nil {
			u.from, u.close = z, z.Close
		}
	default:
		return nil, &Fault{UnknownPacking, encoding}
	}
	if err != nil {
		return nil, u.explain(err)
	}
	return u, nil
}

// unpacker watches that what comes out is in proportion to what goes in: a few kilobytes of gzip can hold
// gigabytes of zeros, and the limit of the whole body alone would let 64 MiB of them take the disk.
type unpacker struct {
	packed   counter
	from     io.Reader
	close    func()
	unpacked int64
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.from.Read(p)
	u.unpacked += int64(n)
	if u.unpacked > freeRide+maxRatio*u.packed.n {
		return 0, &Fault{Kind: Exploding}
	}
	if err != nil && err != io.EOF {
		err = u.explain(err)
	}
	return n, err
}

func (u *unpacker) Close() error {
	u.close()
	return nil
}

// explain tells what is wrong with the packing from what is wrong with the connection.
func (u *unpacker) explain(err error) error {
	if u.packed.err != nil && !errors.Is(u.packed.err, io.EOF) {
		return u.packed.err
	}
	return &Fault{Kind: Unpackable}
}

// counter counts what is read of r and notes how that ended.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}
