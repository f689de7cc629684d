// Package readiness asks a server how far one of its models is: a person who waits for an answer wants to know
// whether the model is still being read from the disk, which can take minutes. It is asked on our own account,
// and only while somebody waits: no request of a phone takes longer for it.
package readiness

import (
	"context"
	"net/http"
	"sync"
	"time"

	"modelbeam/tunnel/catalog"
)

// State is how far a model is. The words are stable: the page and tunnel/README.md have them.
type State string

const (
	Unknown  State = ""         // its server does not tell
	Unloaded State = "unloaded" // not in memory: the next question to it, or the one under way, has it loaded
	Loading  State = "loading"  // on its way there
	Ready    State = "ready"    // in memory
)

const (
	// timeout is how long somebody waits until a server has told.
	timeout = 2 * time.Second
	// good is how long an answer holds for all who want to know the same. Phones ask every few seconds.
	good = time.Second
)

// Asker asks servers, each of them one question at a time: phones that wait for the same model share the answer. The
// zero Asker is ready to be used, from any goroutine.
type Asker struct {
	mu     sync.Mutex // guards what follows
	queues map[string]*queue
}

// Of asks the server of t. It does not matter what the server says of anything else, and what it says of t
// is Unknown wherever there is doubt. It waits for the server, for those who asked it before, and for moments
// between two looks at Ollama: two seconds at most.
func (a *Asker) Of(ctx context.Context, servers http.RoundTripper, t catalog.Target) State {
	switch {
	case t.Model == nil || t.Model.Cloud != "":
		return Unknown // where it runs nobody here can see
	case t.Server.Loading:
		return Loading
	case t.Server.Quirks.States == "":
		return Unknown
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	q := a.join(t.Server.URL.String() + " " + t.Server.Quirks.States)
	defer a.leave(q)
	return q.state(ctx, t.Model.ID, func() State {
		if t.Server.Quirks.States == ollamaList {
			return ofOllama(ctx, servers, t)
		}
		return ofList(ctx, servers, t)
	})
}
