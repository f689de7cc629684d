package tunnel

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// upload is a request's body as the client sends it. It remembers whether all of it was read: what
// follows on the connection is a request only then.
type upload struct {
	io.ReadCloser
	control *http.ResponseController // for deadlines
	expects bool                     // the client sends nothing before it gets a 100 Continue
	begun   atomic.Bool              // somebody read of it, for which net/http sends the 100
	ended   atomic.Bool
}

func newUpload(r *http.Request, control *http.ResponseController) *upload {
	u := &upload{ReadCloser: r.Body, control: control, expects: r.Header.Get("Expect") != ""}
	u.ended.Store(r.Body == nil || r.Body == http.NoBody)
	return u
}

// replaceBody puts u in the place of r's body. One that is known to be empty stays as it is: package
// http looks for that very value.
func (u *upload) replaceBody(r *http.Request) {
	if !u.over() {
		r.Body = u
	}
}

func (u *upload) Read(p []byte) (int, error) {
	u.begun.Store(true)
	n, err := u.ReadCloser.Read(p)
	if err == io.EOF {
		u.ended.Store(true)
	}
	return n, err
}

// over reports whether nothing of the body is left. It may be called from any goroutine.
func (u *upload) over() bool { return u.ended.Load() }

// awaited reports whether the client waits for a word from us before it sends anything.
func (u *upload) awaited() bool { return u.expects && !u.begun.Load() }

// limited returns u with a limit for every read, for a client that stalls: a deadline for the whole body
// would cut a photo on a slow network. Reading also ends with ctx: a device that is removed must not go
// on for as long as it sends something. Call stop when the body was read.
func (u *upload) limited(ctx context.Context, stall time.Duration) (from io.Reader, stop func()) {
	end := func() { _ = u.control.SetReadDeadline(time.Now()) }
	timer := time.AfterFunc(stall, end)
	timer.Stop()
	watch := context.AfterFunc(ctx, end)
	return &timedReader{u, timer, stall}, func() { watch() }
}

// timedReader sets no deadline unless a read does stall: when the body has ended, net/http reads on
// in the background to notice that the client goes away, and a deadline would hit that.
type timedReader struct {
	*upload
	timer *time.Timer
	limit time.Duration
}

func (t *timedReader) Read(p []byte) (int, error) {
	t.timer.Reset(t.limit)
	defer t.timer.Stop()
	return t.upload.Read(p)
}

// leave ends a request that was answered before its body had arrived: it reads on for so long, and so
// many bytes. A browser reads the answer only when it has sent everything, and reports a network error
// when it cannot: without this nobody ever sees our 413. The connection goes on only if all of the body
// comes.
func (c *call) leave(r *http.Request, wait time.Duration, most int64) {
	if c.upload.over() {
		return
	}
	clear(r.Header) // it may be large, and waits with whoever sends nothing
	if c.response.status.Load() == 0 {
		c.response.WriteHeader(http.StatusOK) // as net/http would, but by way of cutOff
	}
	_ = c.response.control.Flush()
	_ = c.response.control.SetReadDeadline(time.Now().Add(wait)) // for net/http too
	if !c.upload.awaited() {
		_, _ = io.CopyN(io.Discard, c.upload, most)
	}
	if !c.upload.over() && !c.response.closes {
		c.response.hangUp()
	}
}

// abandon lets nobody wait for the rest of a body when a handler panicked: net/http would.
func (c *call) abandon() {
	if !c.served && !c.upload.over() {
		_ = c.response.control.SetReadDeadline(time.Now())
	}
}
