package transport

import (
	"bytes"
	"net"
	"testing"
)

// A connection reads tokens into small buffers, and what comes in larger pieces into large ones; what is kept while
// more comes moves from one into the other.
func TestBuffers(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	c := newConn(near, "")
	said := make(chan []byte)
	defer close(said)
	go func() {
		for text := range said {
			_, _ = far.Write(text)
		}
	}()
	for i, tt := range []struct {
		comes, taken int // bytes
		size         int // of the buffer that they are in
	}{
		{200, 200, smallBuffer},
		{smallBuffer, smallBuffer, smallBuffer},
		{bufferSize, bufferSize, bufferSize},
		{smallBuffer, smallBuffer, bufferSize},
		{200, 200, bufferSize},
		{smallBuffer, 0, smallBuffer},
		{200, smallBuffer + 200, bufferSize},
		{200, 200, smallBuffer},
	} {
		said <- bytes.Repeat([]byte{byte(i)}, tt.comes)
		if err := c.fill(); err != nil {
			t.Fatal(err)
		}
		if got := c.buffered(); len(c.buffer) != tt.size || got[len(got)-1] != byte(i) {
			t.Errorf("piece %d of %d bytes: %d are there, in a buffer of %d, want %d", i, tt.comes, len(got), len(c.buffer), tt.size)
		}
		c.take(tt.taken)
		if (c.buffer == nil) != (tt.taken > 0) {
			t.Errorf("after piece %d there is a buffer: %t", i, c.buffer != nil)
		}
	}
}
