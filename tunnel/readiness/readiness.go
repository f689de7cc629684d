// Package readiness asks a server how far one of its models is: a person who waits for an answer wants to know
// whether the model is still being read from the disk, which can take minutes. It is asked on our own account,
// and only while somebody waits: no request of a phone takes longer for it.
package readiness

import (
	"context"
	"net/http"
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

// timeout is how long a server has to tell.
const timeout = 2 * time.Second

// Of asks the server of t. It does not matter what the server says of anything else, and what it says of t
// is Unknown wherever there is doubt. It waits for the server, and for moments between two looks at Ollama.
func Of(ctx context.Context, servers http.RoundTripper, t catalog.Target) State {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch {
	case t.Model == nil || t.Model.Cloud != "":
		return Unknown // where it runs nobody here can see
	case t.Server.Loading:
		return Loading
	case t.Server.Quirks.States == "":
		return Unknown
	case t.Server.Quirks.States == ollamaList:
		return ofOllama(ctx, servers, t)
	}
	return ofList(ctx, servers, t)
}
