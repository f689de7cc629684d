package tunnel

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// What Gateway.Pair returns when a code does not open the door.
var (
	ErrCodeWrong    = errors.New("code is wrong")
	ErrCodeUsed     = errors.New("code was used already")
	ErrCodeExpired  = errors.New("code is too old or was taken back")
	ErrTooManyTries = errors.New("too many tries")
)

// failure is an error of ours as a client gets it: what happened and the next step, in words
// for a person, and a code that programs and translations go by and that never changes.
type failure struct {
	status  int
	code    string
	message string
	param   string        // the field of the request that is to blame, if one is
	allow   string        // for 405
	retry   time.Duration // for 429 and 503: when to come again
	final   bool          // for 429: it is no use to come again, as OpenAI's libraries do by themselves
}

func (f *failure) Error() string { return f.message }

// The failures that need no details.
var (
	errInternal = &failure{status: 500, code: "internal_error", message: "Something went wrong inside Modelbeam. Try again."}
	errPeer     = &failure{status: 403, code: "peer_not_allowed", message: "Modelbeam only answers devices on its own network. Connect to the same Wi-Fi as the laptop and try again."}
	errCode     = &failure{status: 401, code: "code_wrong", message: "This code is not right. Scan the code that Modelbeam shows on the laptop."}
	errCodeUsed = &failure{status: 410, code: "code_used", message: "This code was used already. Scan the code that Modelbeam shows on the laptop now."}
	errCodeOld  = &failure{status: 410, code: "code_expired", message: "This code is too old. Scan the code that Modelbeam shows on the laptop now."}
	errPairBody = &failure{status: 400, code: "bad_request", message: "This is not a pairing request: send JSON with a code."}
	errBody     = &failure{status: 400, code: "bad_request", message: "The request's body did not arrive whole. Try again."}
	errUpgrade  = &failure{status: 426, code: "websocket_expected", message: "This address speaks WebSocket only."}
	errNoRoom   = &failure{status: 503, code: "no_room", retry: 5 * time.Second, message: "Too many large requests are under way at once. Wait a moment and try again."}
	errNoServer = &failure{status: 503, code: "no_server", message: "No AI app is running on the laptop. Start Ollama, LM Studio or another one there and try again."}
)

// errTries refuses a try until wait is over; it is nil when there is nothing to wait for.
func errTries(wait time.Duration) *failure {
	if wait <= 0 {
		return nil
	}
	return &failure{
		status: 429, code: "too_many_tries", retry: wait,
		message: "Too many wrong tries from this device. Wait a minute, then scan the code on the laptop again.",
	}
}

func (g *Gateway) errPaused() *failure {
	return &failure{status: 503, code: "paused", message: fmt.Sprintf("Sharing is paused on %s. Press Resume in Modelbeam there.", g.laptop())}
}

func (g *Gateway) errRemoved() *failure {
	return &failure{status: 401, code: "removed", message: fmt.Sprintf("This device was removed on %s. Scan the code there to connect again.", g.laptop())}
}

func (g *Gateway) errDevicePaused() *failure {
	return &failure{status: 403, code: "device_paused", message: fmt.Sprintf("This device is paused on %s. Press Resume beside its name in Modelbeam there.", g.laptop())}
}

func (g *Gateway) errPassEnded() *failure {
	return &failure{status: 401, code: "pass_ended", message: fmt.Sprintf("The time of this guest pass is over. Ask for a new one on %s and scan its code.", g.laptop())}
}

func (g *Gateway) errUsedUp() *failure {
	return &failure{status: 429, code: "pass_used_up", final: true, message: fmt.Sprintf("All requests of this guest pass are used. Ask for a new one on %s and scan its code.", g.laptop())}
}

func (g *Gateway) errTooMany(n, left int) *failure {
	return &failure{status: 403, code: "pass_too_small", final: true, message: fmt.Sprintf("This request counts as %d, and this guest pass has %d left. Ask for fewer answers at once, or for a new pass on %s.", n, left, g.laptop())}
}

func (g *Gateway) errNoModel() *failure {
	return &failure{status: 403, code: "model_not_allowed", param: "model", message: "This guest pass is for certain models only. Choose one from the list of models."}
}

func (g *Gateway) errNotHere() *failure {
	return &failure{status: 403, code: "model_not_allowed", message: fmt.Sprintf("This guest pass has limits and so does not cover live conversations. Ask for one without them on %s.", g.laptop())}
}

func (g *Gateway) errPassChanged() *failure {
	return &failure{status: 403, code: "pass_changed", message: fmt.Sprintf("What this device may use was just changed on %s. Try again.", g.laptop())}
}

// errDisconnected tells a device why its requests were ended.
func (g *Gateway) errDisconnected(why Reason) *failure {
	switch why {
	case DevicePaused:
		return g.errDevicePaused()
	case PassChanged:
		return g.errPassChanged()
	}
	return g.errRemoved()
}

func (g *Gateway) errStopping() *failure {
	return &failure{status: 503, code: "stopped", message: fmt.Sprintf("Modelbeam was closed on %s. Open it there and try again.", g.laptop())}
}

func (g *Gateway) errKey(given bool) *failure {
	f := &failure{status: 401, code: "invalid_api_key"}
	if given {
		f.message = fmt.Sprintf("This key is not known on %s. Scan the code that Modelbeam shows there to get a new one.", g.laptop())
	} else {
		f.message = fmt.Sprintf("A key is needed. Scan the code that Modelbeam shows on %s, or copy the key from there into this app.", g.laptop())
	}
	return f
}

func (g *Gateway) errTooLarge() *failure {
	return &failure{status: 413, code: "body_too_large", message: fmt.Sprintf("This is too large: %d MB at most. Send fewer or smaller pictures.", g.MaxBody>>20)}
}

func (g *Gateway) errDisk() *failure {
	return &failure{status: 507, code: "no_space", message: fmt.Sprintf("There is no space for this request in the temporary folder of %s. Free some there, or send a smaller picture.", g.laptop())}
}

func (g *Gateway) errUnreachable(server string) *failure {
	return &failure{status: 502, code: "server_unreachable", message: fmt.Sprintf("%s is not running on %s. Start it and try again.", server, g.laptop())}
}

func (g *Gateway) errBroken(server string) *failure {
	return &failure{status: 502, code: "server_broke_off", message: fmt.Sprintf("%s on %s broke off before the end. Look whether it is still running, then try again.", server, g.laptop())}
}

func (g *Gateway) errServerKey(server string) *failure {
	return &failure{status: 502, code: "server_wants_key", message: fmt.Sprintf("%s on %s wants a key or a sign-in of its own. Sign in to it there, or give Modelbeam there its key; the key of this device is right.", server, g.laptop())}
}

func errNotOllama(err error) *failure {
	return &failure{status: 400, code: "bad_request", message: fmt.Sprintf("This is not a request of Ollama's API: %v.", err)}
}

func errDropped(server string) *failure {
	return &failure{status: 503, code: "server_removed", message: server + " is no longer shared."}
}

func (g *Gateway) errAnswered(server string, status int) *failure {
	return &failure{status: 502, code: "server_error", message: fmt.Sprintf("%s on %s answered with error %d. Look there for the reason.", server, g.laptop(), status)}
}

// fail answers with f in the dialect of the request.
func (g *Gateway) fail(w http.ResponseWriter, r *http.Request, f *failure) {
	h := w.Header()
	body := f.body(callOf(r).dialect())
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	if f.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="Modelbeam"`)
	}
	if f.status == http.StatusUpgradeRequired {
		h.Set("Upgrade", "websocket")
	}
	if f.allow != "" {
		h.Set("Allow", f.allow)
	}
	if f.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.retry.Seconds()))))
	}
	if f.final {
		h.Set("X-Should-Retry", "false") // https://github.com/openai/openai-python, in _should_retry
	}
	w.WriteHeader(f.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// source marks errors of ours, so that nobody looks for the fault in the LLM server.
const source = "modelbeam"

// body is f as JSON with a line end, in the shape that clients of the dialect read. Ollama's
// is flat: ollama-js prints the member "error" as it is.
func (f *failure) body(d Dialect) []byte {
	var v any
	switch d {
	case Ollama:
		v = map[string]any{"error": f.message, "code": f.code, "source": source}
	case Anthropic:
		v = map[string]any{"type": "error", "error": f.object(anthropicType(f.status))}
	default:
		v = map[string]any{"error": f.object(openAIType(f.status))}
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and nil only
	}
	return append(b, '\n')
}

func (f *failure) object(kind string) map[string]any {
	o := map[string]any{"message": f.message, "type": kind, "code": f.code, "param": nil, "source": source}
	if f.param != "" {
		o["param"] = f.param
	}
	return o
}

// openAIType follows https://platform.openai.com/docs/guides/error-codes.
func openAIType(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "authentication_error"
	case status == http.StatusForbidden:
		return "permission_error"
	case status == http.StatusTooManyRequests:
		return "rate_limit_error"
	case status >= 500:
		return "server_error"
	default:
		return "invalid_request_error"
	}
}

// anthropicType follows https://docs.anthropic.com/en/api/errors.
func anthropicType(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not_found_error"
	case http.StatusRequestEntityTooLarge:
		return "request_too_large"
	}
	if status >= 500 {
		return "api_error"
	}
	return openAIType(status)
}
