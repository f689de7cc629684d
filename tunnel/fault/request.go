package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"modelbeam/tunnel/body"
)

// What is wrong with a request, where no details are needed.
var (
	Internal          = &Failure{Code: "internal_error", Message: "Something went wrong inside Modelbeam. Try again."}
	WebSocketExpected = &Failure{Code: "websocket_expected", Message: "This address accepts WebSocket only."}
	WebSocketUnclear  = bad("This WebSocket connection cannot be read.")
	NoRoom            = &Failure{Code: "no_room", Retry: 5 * time.Second, Message: "Too many large requests are in progress at once. Wait a moment and try again."}
	Incomplete        = bad("The request's body arrived incomplete. Try again.")
	NotJSON           = bad("The request's body is not a JSON object. Send one in UTF-8, without comments and with nothing after it.")
	TwoModels         = about("model", "This request names its model more than once. Name it once, in the field \"model\".")
	NoBoundary        = bad("The request's form does not say where its parts end. Do not set its Content-Type by hand: the HTTP library adds the boundary.")
	FormHere          = bad("This address takes JSON, not a form. Send the request as application/json.")
	BodyHere          = bad("This kind of request takes no body. Send it without one.")
	NoPairing         = bad("This is not a pairing request. Send JSON with a code.")
	NoReport          = bad("This is not a report of the connect page.")
	NoProof           = bad("This is not a request for a proof. It needs at, nonce and phone.")
)

func bad(message string) *Failure { return &Failure{Code: "bad_request", Message: message} }

func about(param, message string) *Failure {
	return &Failure{Code: "bad_request", Param: param, Message: message}
}

// ofBody says what is wrong with a body, where that needs no details.
var ofBody = map[body.FaultKind]*Failure{
	body.NotJSON:        NotJSON,
	body.Incomplete:     bad("The request's JSON is cut off. Send all of it."),
	body.Ambiguous:      TwoModels,
	body.NoName:         about("model", "The model in this request is not a name. Choose one from the list of models."),
	body.Repetitive:     bad("This request repeats its settings over and over. Send each of them once."),
	body.Malformed:      bad("The request's form cannot be read. Send it as multipart/form-data with plain field names."),
	body.Unpackable:     bad("The request's body is not compressed as its Content-Encoding says. Send it again, or send it uncompressed."),
	body.Exploding:      {Code: "body_too_large", Message: "The request's body unpacks to an implausible size. Send it uncompressed."},
	body.UnknownPacking: {Code: "encoding_not_supported", Message: "The request's body is compressed in a way that Modelbeam does not know. Use gzip or zstd alone, or turn off the compression of requests in this app."},
	body.ServerTools:    {Code: "tool_not_allowed", Param: "tools", Message: "Modelbeam does not let devices use the laptop's MCP tools. Send the request without them."},
}

// OfBody says what is wrong with a body. It returns nil for an error that is no *body.Fault.
func OfBody(err error) *Failure {
	var found *body.Fault
	if !errors.As(err, &found) {
		return nil
	}
	switch found.Kind {
	case body.Misspelled:
		return about("model", fmt.Sprintf("This request names its model in %q. Name it in the field \"model\", in lower case.", found.Field))
	case body.OtherModel:
		return &Failure{
			Code: "field_not_allowed", Param: found.Field,
			Message: fmt.Sprintf("Modelbeam lets a request use one model, the one in \"model\". Send it without %q.", found.Field),
		}
	}
	return ofBody[found.Kind]
}

// TooLarge refuses a body of more than limit bytes.
func TooLarge(limit int64) *Failure {
	return &Failure{Code: "body_too_large", Message: fmt.Sprintf("This is too large: the limit is %d MB. Send fewer or smaller pictures.", limit>>20)}
}

// NotOllama refuses a request in Ollama's words that cannot be put into OpenAI's.
func NotOllama(err error) *Failure {
	return bad(fmt.Sprintf("This is not a valid request of Ollama's API: %v.", err))
}

// MethodNotAllowed refuses a method at a path that has others.
func MethodNotAllowed(methods []string) *Failure {
	allow := strings.Join(methods, ", ")
	return &Failure{Code: "method_not_allowed", Allow: allow, Message: "This address accepts " + allow + " only."}
}

// UnknownPath says that there is nothing at a path, with a hint at what the person may have wanted.
func UnknownPath(hint string) *Failure {
	return &Failure{Code: "unknown_path", Message: "Modelbeam has nothing at this address. " + hint}
}
