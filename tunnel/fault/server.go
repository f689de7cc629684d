package fault

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// NoServer is for a laptop without any server.
var NoServer = &Failure{Code: "no_server", Message: "No AI app is running on the laptop. Start Ollama, LM Studio or another one there and try again."}

// What is wrong with an answer that was to be picked up.
var (
	StreamNotFound = &Failure{Code: "stream_not_found", Message: "This answer is no longer here. Ask again."}
	StreamExists   = &Failure{Code: "stream_exists", Message: "An answer with this name is already in progress. Resume it, or choose another name."}
	StreamShorter  = about("from", "The answer is not that long. Resume it from a byte that you already have.")
	AnswerTooLong  = &Failure{Code: "answer_too_long", Message: "The answer grew too long to keep while nobody was connected. Ask again."}
)

// ServerRemoved ends requests to a server that is not shared any more.
func ServerRemoved(server string) *Failure {
	return &Failure{Code: "server_removed", Message: server + " is no longer available."}
}

// DialectNotSupported is for a model, or a laptop, that nobody can ask in a dialect; sentence says which.
func DialectNotSupported(sentence string) *Failure {
	return &Failure{
		Code:    "dialect_not_supported",
		Message: sentence + " Set the app to OpenAI-compatible and use the address that ends in /v1.",
	}
}

// Paused is for everybody while the person pauses sharing.
func (l Laptop) Paused() *Failure {
	return &Failure{Code: "paused", Message: fmt.Sprintf("Sharing is paused on %s. Press Resume in Modelbeam there.", l)}
}

// Stopped ends what is under way when Modelbeam is closed.
func (l Laptop) Stopped() *Failure {
	return &Failure{Code: "stopped", Message: fmt.Sprintf("Modelbeam was closed on %s. Open it there and try again.", l)}
}

// NoSpace is for a body that the temporary folder has no space for.
func (l Laptop) NoSpace() *Failure {
	return &Failure{Code: "no_space", Message: fmt.Sprintf("The temporary folder of %s has no space left for this request. Free up some space there, or send a smaller picture.", l)}
}

// Unreachable is for a server to which there was no connection.
func (l Laptop) Unreachable(server string) *Failure {
	return &Failure{Code: "server_unreachable", Message: fmt.Sprintf("%s is not running on %s. Start it and try again.", server, l)}
}

// Gone is Unreachable for a server that has left the catalog, so that nobody was asked at all.
func (l Laptop) Gone(server string) *Failure {
	f := l.Unreachable(server)
	f.Status = 503
	return f
}

// BrokeOff is for a server that ended before its answer did. In a stream that has begun it comes as its last
// event, see events.Pieces; the phone's page has words of its own for the code.
func (l Laptop) BrokeOff(server string) *Failure {
	return &Failure{Code: "server_broke_off", Message: fmt.Sprintf("%s on %s stopped before the answer was complete. Check that it is still running, then try again.", server, l)}
}

// ServerError is for a server's error that comes when the answer's status has gone out already.
func (l Laptop) ServerError(server string, status int) *Failure {
	return &Failure{Code: "server_error", Message: fmt.Sprintf("%s on %s returned error %d. Look there for the reason.", server, l, status)}
}

// ServerWantsKey is for a server that refuses the key which it got from us, or the lack of one.
func (l Laptop) ServerWantsKey(server string) *Failure {
	return &Failure{Code: "server_wants_key", Message: fmt.Sprintf("%s on %s needs a key or a sign-in of its own. Sign in to it there, or enter its key in Modelbeam there. The key on this device is fine.", server, l)}
}

// ServerRedirects is for a server that sends a request elsewhere; to may be nil.
func (l Laptop) ServerRedirects(server string, to *url.URL) *Failure {
	where := "somewhere else"
	if to != nil && to.Host != "" {
		where = "to " + to.Scheme + "://" + to.Host
	}
	return &Failure{Code: "server_redirects", Message: fmt.Sprintf("%s on %s redirects this request %s. Enter the address that it answers at in Modelbeam there.", server, l, where)}
}

// ModelLoading is for a server that answers nothing until its model is loaded.
func (l Laptop) ModelLoading(server string) *Failure {
	return &Failure{
		Code: "model_loading", Retry: 5 * time.Second,
		Message: fmt.Sprintf("%s on %s is loading its model. Try again in a moment.", server, l),
	}
}

// ModelNotFound says that a model is not there, and which are. An empty name is of a request that
// names none.
func (l Laptop) ModelNotFound(name string, there []string) *Failure {
	f := &Failure{Code: "model_not_found", Param: "model"}
	f.Message = fmt.Sprintf("There is no model %q on %s. ", name, l)
	if name == "" {
		f.Message = "This request names no model. "
	}
	f.Message += nextModel(there)
	return f
}

// nextModel says which models there are, or enough of them to see how they are called.
func nextModel(names []string) string {
	const few = 4
	switch n := len(names); {
	case n == 0:
		return "Load one there first."
	case n == 1:
		return fmt.Sprintf("The only one there is %q.", names[0])
	case n <= few:
		return fmt.Sprintf("Choose one of %s or %q.", quoted(names[:n-1]), names[n-1])
	}
	return fmt.Sprintf("Choose one of %s, or another model from the list.", quoted(names[:few-1]))
}

func quoted(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = strconv.Quote(name)
	}
	return strings.Join(all, ", ")
}

// ModelsKept says that models are, for one, "downloaded" at the laptop itself, and how.
func (l Laptop) ModelsKept(done, how string) *Failure {
	return &Failure{Code: "models_kept", Message: fmt.Sprintf("Models can only be %s on %s itself: %s.", done, l, how)}
}

// PathNotSupported says that a server has nothing at a path that others have there. What the server
// said of it may be empty; generates tells whether the path is one to chat at.
func (l Laptop) PathNotSupported(server, version, path, said string, generates bool) *Failure {
	update := server
	if strings.Contains(update, "compatible") { // it is not known which one it is
		update = "the AI app there"
	}
	if said != "" {
		said = fmt.Sprintf(" It says: %q.", said)
	}
	way := "Set the app to \"Chat Completions\" (OpenAI-compatible)"
	if !generates {
		way = "Choose a model of another AI app for this. To chat, set the app to \"Chat Completions\""
	}
	name := strings.TrimSpace(server + " " + version)
	return &Failure{
		Code:    "path_not_supported",
		Message: fmt.Sprintf("%s on %s does not have %s.%s %s, or update %s.", name, l, path, said, way, update),
	}
}
