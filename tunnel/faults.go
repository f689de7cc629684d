package tunnel

import (
	"fmt"

	"modelbeam/tunnel/body"
)

// The failures of bodies that need no details.
var (
	errNotJSON    = &failure{status: 400, code: "bad_request", message: "The request's body is not a JSON object. Send one in UTF-8, without comments and with nothing behind it."}
	errIncomplete = &failure{status: 400, code: "bad_request", message: "The request's JSON ends in the middle. Send all of it."}
	errAmbiguous  = &failure{status: 400, code: "bad_request", param: "model", message: "This request names its model more than once. Name it once, in the field \"model\"."}
	errModelType  = &failure{status: 400, code: "bad_request", param: "model", message: "The model of this request is not a name. Choose one from the list of models."}
	errRepetitive = &failure{status: 400, code: "bad_request", message: "This request repeats its settings over and over. Send each of them once."}
	errForm       = &failure{status: 400, code: "bad_request", message: "The request's form cannot be read. Send it as multipart/form-data with plain field names."}
	errBoundary   = &failure{status: 400, code: "bad_request", message: "The request's form does not say where its parts end. Do not set its Content-Type by hand: the HTTP library adds the boundary."}
	errFormHere   = &failure{status: 400, code: "bad_request", message: "This address takes JSON and no form. Send the request as application/json."}
	errUnpackable = &failure{status: 400, code: "bad_request", message: "The request's body is not compressed as its Content-Encoding says. Send it again, or send it uncompressed."}
	errExploding  = &failure{status: 413, code: "body_too_large", message: "The request's body unpacks to far more than anybody writes. Send it uncompressed."}
	errPacking    = &failure{status: 415, code: "encoding_not_supported", message: "The request's body is compressed in a way that Modelbeam does not know. Use gzip or zstd alone, or switch the compression of requests off in this app."}
	errGetBody    = &failure{status: 400, code: "bad_request", message: "A request of this kind has no body. Send it without one."}
	errMCP        = &failure{status: 403, code: "tool_not_allowed", param: "tools", message: "Modelbeam does not let devices use MCP tools of the laptop. Send the request without them."}
)

var faultFailures = map[body.FaultKind]*failure{
	body.NotJSON: errNotJSON, body.Incomplete: errIncomplete, body.Ambiguous: errAmbiguous, body.NoName: errModelType,
	body.Repetitive: errRepetitive, body.Malformed: errForm, body.Unpackable: errUnpackable, body.Exploding: errExploding,
	body.UnknownPacking: errPacking, body.ServerTools: errMCP,
}

// failureOf words what is wrong with a body.
func failureOf(fault *body.Fault) *failure {
	switch fault.Kind {
	case body.Misspelled:
		return &failure{
			status: 400, code: "bad_request", param: "model",
			message: fmt.Sprintf("This request names its model in %q. Name it in the field \"model\", in lower case.", fault.Field),
		}
	case body.OtherModel:
		return &failure{
			status: 403, code: "field_not_allowed", param: fault.Field,
			message: fmt.Sprintf("Modelbeam lets a request use one model, the one in \"model\". Send it without %q.", fault.Field),
		}
	}
	return faultFailures[fault.Kind]
}
