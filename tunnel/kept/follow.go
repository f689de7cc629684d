package kept

import (
	"context"
	"net/http"
	"slices"
	"time"

	"modelbeam/tunnel/fault"
)

const (
	// pieceSize is how much is written at once: every write has a time limit of its own.
	pieceSize = 64 << 10
	// lastWordsTime is how long a client whose own request is ended waits for the last words of the answer
	// that it follows, since that ends too.
	lastWordsTime = 300 * time.Millisecond
)

// Follow sends what there is of the answer, from a byte on, and then what comes. Its error, a
// *fault.Failure, is for before anything was written. It panics with http.ErrAbortHandler where only
// the cut connection can tell the client that this is not the end.
func (a *Answer) Follow(w http.ResponseWriter, r *http.Request, from int) error {
	if !a.join() {
		return fault.StreamNotFound
	}
	defer a.leave()
	a.supersede() // after join: the answer is never without anybody in between
	status, kind, ok := a.header(r.Context())
	switch {
	case !ok:
		return fault.StreamNotFound
	case from > a.length():
		return fault.StreamShorter
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if !a.copyTo(r.Context(), w, from) {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// supersede takes the client that asked for gone: it comes back on another connection because it has
// left the one that it began on.
func (a *Answer) supersede() {
	a.ClientLeft()
	a.mu.Lock()
	origin := a.origin
	a.mu.Unlock()
	if origin != nil {
		origin.Hurry()
	}
}

// header waits for the header. It reports false when there is none and will be none.
func (a *Answer) header(ctx context.Context) (status int, kind string, ok bool) {
	for {
		a.mu.Lock()
		status, kind, over, changed := a.status, a.kind, a.state != running, a.wait()
		a.mu.Unlock()
		if status != 0 || over {
			return status, kind, status != 0
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, "", false
		}
	}
}

func (a *Answer) length() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.data)
}

// since returns what there is from a byte on, and what is closed when there is more. The bytes are read
// without the lock afterwards: they are never changed, only more are added.
func (a *Answer) since(from int) ([]byte, state, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.dropped {
		return nil, cutOff, nil
	}
	return a.data[from:], a.state, a.wait()
}

// copyTo writes the answer from a byte on until it is over. It reports false when the answer was cut
// off. A request that is ended from outside still gets the last words, since the answer ends with it.
func (a *Answer) copyTo(ctx context.Context, w http.ResponseWriter, from int) bool {
	control := http.NewResponseController(w)
	var late <-chan time.Time
	done := ctx.Done()
	for {
		piece, state, changed := a.since(from)
		for part := range slices.Chunk(piece, pieceSize) {
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
		case <-done: // the client has gone, or its device was removed: then the answer ends too, in words
			late, done = time.After(lastWordsTime), nil
		}
	}
}
