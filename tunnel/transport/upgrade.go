package transport

import "errors"

// upgraded is a connection that speaks something else after a 101, as the body of that answer: an
// io.ReadWriteCloser. One goroutine may read and another one write at the same time. It is closed when the
// context of its request ends.
type upgraded struct{ trip *trip }

// Wait returns when Read would not wait.
func (u *upgraded) Wait() error {
	c := u.trip.conn
	if len(c.buffered()) > 0 {
		return nil
	}
	return c.fill()
}

// Ready reports whether Read would not wait, as far as is known without asking the system.
func (u *upgraded) Ready() bool { return len(u.trip.conn.buffered()) > 0 }

// Read implements io.Reader.
func (u *upgraded) Read(p []byte) (int, error) { return u.trip.conn.Read(p) }

// Write implements io.Writer.
func (u *upgraded) Write(p []byte) (int, error) { return u.trip.conn.Write(p) }

// CloseWrite tells the server that nothing more comes.
func (u *upgraded) CloseWrite() error {
	if half, ok := u.trip.conn.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Close implements io.Closer. It may be called from any goroutine.
func (u *upgraded) Close() error {
	u.trip.cut()
	return nil
}
