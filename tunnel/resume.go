package tunnel

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// streamHeader names an answer, by the client's choice, so that it can be picked up again after the
// connection was lost: a phone that is locked or changes its network loses all of them.
const streamHeader = "Modelbeam-Stream"

// streamsPath is where a named answer is picked up (GET) or stopped (DELETE).
const streamsPath = "/streams/{id}"

// streamName is long enough not to be guessed, though it is of no use without its device's key.
var streamName = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

var (
	errNoStream    = &failure{status: 404, code: "stream_not_found", message: "This answer is not here any more. Ask again."}
	errStreamTaken = &failure{status: 409, code: "stream_exists", message: "An answer of this name is under way. Pick it up, or choose another name."}
	errFrom        = &failure{status: 400, code: "bad_request", param: "from", message: "The answer does not reach so far. Pick it up from a byte that was received."}
	errTooLong     = &failure{status: 507, code: "answer_too_long", message: "The answer grew too long to be kept while nobody was there for it. Ask again."}
)

// streamNameOf returns the name that the answer to r shall be kept under, or "".
func streamNameOf(r *http.Request, rt *route) string {
	name := r.Header.Get(streamHeader)
	if !rt.generates || !streamName.MatchString(name) {
		return ""
	}
	return name
}

// resumption is an answer that may go on without its client: what to write it to and which request
// to forward for it.
type resumption struct {
	w    http.ResponseWriter
	r    *http.Request
	done func(whole bool) // to be called at the end
}

// resumable prepares the answer to a request with a name. Without a name, or with more of them than
// can be kept, nothing changes.
func (g *Gateway) resumable(w http.ResponseWriter, r *http.Request, c *call) (resumption, *failure) {
	name := streamNameOf(r, c.route)
	if name == "" {
		return resumption{w, r, func(bool) {}}, nil
	}
	client := c.ctx
	leave := g.calls.detach(c)
	s := newStream(c, g.timing.alone)
	kept, f := g.streams.add(streamKey{c.device.ID, name}, s)
	switch {
	case f != nil:
		leave(nil)
		return resumption{}, f
	case !kept:
		stop := context.AfterFunc(client, func() { c.cancel(context.Cause(client)) })
		return resumption{w, r.WithContext(c.ctx), func(bool) { stop(); leave(nil) }}, nil
	}
	c.resumable = true
	stopClosing := context.AfterFunc(serving(client), func() { g.calls.cut(c, g.errStopping()) })
	stopWatching := context.AfterFunc(client, s.clientLeft)
	done := func(whole bool) {
		stopClosing()
		stopWatching()
		leave(nil)
		s.end(whole)
		g.streams.expire(s, g.timing.alone)
	}
	return resumption{&keeper{ResponseWriter: w, stream: s}, r.WithContext(c.ctx), done}, nil
}

// detach lets c go on when its client goes away, and returns what ends the context that tells of
// the client. All else that ends c still does.
func (g *registry) detach(c *call) (leave context.CancelCauseFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	leave = c.cancel
	ended := context.Cause(c.ctx)
	c.ctx, c.cancel = context.WithCancelCause(context.WithoutCancel(c.ctx))
	var f *failure
	if errors.As(ended, &f) {
		c.cancel(f)
	}
	return leave
}

// hurry makes c's client read at once or be taken for gone.
func (g *registry) hurry(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.calls[c]; ok {
		c.response.hurry()
	}
}

// keeper keeps what goes to a client, and goes on when there is none.
type keeper struct {
	http.ResponseWriter
	stream *stream
	gone   bool
}

// Unwrap lets http.ResponseController find what this type does not do itself.
func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }

func (k *keeper) WriteHeader(status int) {
	if status >= http.StatusOK {
		k.stream.begin(status, k.Header().Get("Content-Type"))
	}
	k.ResponseWriter.WriteHeader(status)
}

// Write waits for the client while there is one, so that one which is merely slow holds the server
// back as ever.
func (k *keeper) Write(p []byte) (int, error) {
	k.stream.begin(http.StatusOK, k.Header().Get("Content-Type"))
	k.stream.add(p)
	if !k.gone {
		_, err := k.ResponseWriter.Write(p)
		k.note(err)
	}
	return len(p), nil
}

func (k *keeper) FlushError() error {
	if !k.gone {
		k.note(http.NewResponseController(k.ResponseWriter).Flush())
	}
	return nil
}

func (k *keeper) note(err error) {
	if err != nil && !errors.Is(err, http.ErrBodyNotAllowed) {
		k.gone = true
		k.stream.clientLeft()
	}
}

// serveStream answers GET and DELETE of a named answer. Those of other devices are not there.
func (g *Gateway) serveStream(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	s := g.streams.get(streamKey{c.device.ID, c.stream})
	switch {
	case s == nil:
		g.fail(w, r, errNoStream)
	case r.Method == http.MethodDelete:
		g.streams.remove(s)
		s.stop()
		w.WriteHeader(http.StatusNoContent)
	default:
		g.follow(w, r, s)
	}
}

// follow sends what there is of an answer, from the byte that is asked for, and then what comes.
func (g *Gateway) follow(w http.ResponseWriter, r *http.Request, s *stream) {
	from := 0
	if text := r.URL.Query().Get("from"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			g.fail(w, r, errFrom)
			return
		}
		from = n
	}
	if !s.join() {
		g.fail(w, r, errNoStream)
		return
	}
	defer s.leave()
	if c := s.supersede(); c != nil { // whoever comes back has left the connection that it began on
		g.calls.hurry(c)
	}
	status, kind, ok := s.header(r.Context())
	switch {
	case !ok:
		g.refuse(w, r, errNoStream)
		return
	case from > s.length():
		g.fail(w, r, errFrom)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if !s.copyTo(r.Context(), w, from) {
		panic(http.ErrAbortHandler) // only a cut tells that this is not the end
	}
}

// copyTo writes the answer from a byte on until it is over. It reports false when the answer was cut
// off. A call that is ended from outside still gets the last words, since the answer ends with it.
func (s *stream) copyTo(ctx context.Context, w http.ResponseWriter, from int) bool {
	control := http.NewResponseController(w)
	var late <-chan time.Time
	done := ctx.Done()
	for {
		piece, state, changed := s.since(from)
		for part := range slices.Chunk(piece, pieceSize) { // each has a time limit of its own
			if _, err := w.Write(part); err != nil {
				return true // nobody is there to be told
			}
		}
		from += len(piece)
		if err := control.Flush(); err != nil || state != running {
			return state != cutOff
		}
		select {
		case <-changed:
		case <-late:
			return false
		case <-done:
			late, done = time.After(urgentTimeout), nil
		}
	}
}
