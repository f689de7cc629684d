package tunnel

import (
	"context"
	"io"
	"net/http"
	"sync"
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
	reading atomic.Bool // what is read of it now is of no use once the call has ended
}

func (u *upload) init(r *http.Request, control *http.ResponseController) {
	u.ReadCloser, u.control, u.expects = r.Body, control, r.Header.Get("Expect") != ""
	u.ended.Store(r.Body == nil || r.Body == http.NoBody)
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

// end makes reads fail, those under way too. It may be called from any goroutine.
func (u *upload) end() {
	_ = u.control.SetReadDeadline(time.Now())
}

// giveUp makes what reads a body stop, if anything still does: its call has ended, or its client stalls. It may
// be called from any goroutine.
func (u *upload) giveUp() {
	if u.reading.Load() {
		u.end()
	}
}

// watches are those that nobody uses now.
type watches struct{ pool sync.Pool }

// over watches over the reading of u, for a client that stalls: a deadline for the whole body would cut a
// photo on a slow network. Reading also ends with the call, whose context ctx is and whoever ends it calls
// giveUp: a device that is removed must not go on for as long as it sends something. Stop it when the
// body was read.
func (s *watches) over(u *upload, ctx context.Context, stall time.Duration) *watch {
	w, ok := s.pool.Get().(*watch)
	if !ok {
		w = new(watch)
		w.timer = time.AfterFunc(stall, func() { w.upload.giveUp() })
		w.timer.Stop()
	}
	w.upload, w.stall = u, stall
	if u.reading.Store(true); ctx.Err() != nil { // before that, nobody could tell us
		u.end()
	}
	return w
}

// stop ends w's use. It is used again unless its timer, which went off, may still be at work.
func (s *watches) stop(w *watch) {
	w.upload.reading.Store(false)
	if !w.wentOff {
		w.upload = nil
		s.pool.Put(w)
	}
}

// watch sets no deadline unless a read does stall: when the body has ended, net/http reads on in the
// background to notice that the client goes away, and a deadline would hit that.
type watch struct {
	upload  *upload
	timer   *time.Timer
	stall   time.Duration
	wentOff bool
}

func (w *watch) Read(p []byte) (int, error) {
	w.timer.Reset(w.stall)
	n, err := w.upload.Read(p)
	w.wentOff = !w.timer.Stop() || w.wentOff
	return n, err
}

// drain ends a request that was answered before its body had arrived: it reads on for that long, and that
// many bytes. A browser reads the answer only when it has sent everything, and reports a network error
// when it cannot: without this nobody ever sees our 413. The connection goes on only if all of the body
// comes.
func (c *call) drain(r *http.Request, wait time.Duration, most int64) {
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
		c.upload.end()
	}
}
