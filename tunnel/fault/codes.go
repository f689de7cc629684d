package fault

// Code tells programs what happened. It never changes: apps and the connect page's translations go by
// it. README.md in package tunnel says what to do about each.
type Code string

// Meaning is what a code stands for.
type Meaning struct {
	Status int    // the HTTP status that it comes with; server_unreachable has a second one, see Laptop.Gone
	Means  string // in words for a programmer
}

// Codes are all codes that the gateway answers with.
var Codes = map[Code]Meaning{
	// The request itself.
	"bad_request":            {400, "The request cannot be read, or could be read in more than one way."},
	"body_too_large":         {413, "The body is larger than the limit, or unpacks to far more than anybody writes."},
	"encoding_not_supported": {415, "The body has a Content-Encoding that the gateway does not know."},
	"method_not_allowed":     {405, "The path exists, for other methods. Allow lists them."},
	"unknown_path":           {404, "There is nothing at this path."},
	"websocket_expected":     {426, "The path speaks WebSocket only."},
	"field_not_allowed":      {403, "A field of the body names a second model, which nobody has checked."},
	"tool_not_allowed":       {403, "The request wants the server to use tools of the laptop."},
	"models_kept":            {404, "The path would change which models there are. That is done at the laptop."},

	// Who asks.
	"invalid_api_key":    {401, "There is no key, or it is not known here."},
	"removed":            {401, "The key was this device's, and the device was removed."},
	"device_paused":      {403, "The person at the laptop has paused this device."},
	"too_many_tries":     {429, "Too many wrong keys, codes or questions from this address."},
	"devices_unreadable": {503, "The laptop cannot read its list of devices at the moment. The key may be right."},
	"host_not_allowed":   {403, "The Host header names a host that is not this laptop."},
	"peer_not_allowed":   {403, "The client is not on a network of this laptop."},

	// Pairing.
	"code_wrong":   {401, "The pairing code is wrong."},
	"code_used":    {410, "The pairing code was used already."},
	"code_expired": {410, "The pairing code is too old, or was taken back."},
	"icon_used":    {410, "The hand-over to an icon was used already."},
	"icon_expired": {410, "The hand-over to an icon is too old, or its device was removed."},

	// A guest's pass.
	"pass_ended":        {401, "The time of the pass is over."},
	"pass_used_up":      {429, "All requests of the pass are used. Asking again will not help."},
	"pass_too_small":    {403, "The request counts as more requests than the pass has left."},
	"pass_changed":      {403, "What the device may use was changed while the request was under way."},
	"model_not_allowed": {403, "The pass does not cover this."},

	// Models and servers.
	"model_not_found":       {404, "There is no such model, or none that the device may use."},
	"model_loading":         {503, "The server is loading its model."},
	"no_server":             {503, "No LLM server is running."},
	"dialect_not_supported": {404, "The server that has the model does not speak this API."},
	"path_not_supported":    {404, "The server that has the model does not have this path."},
	"server_unreachable":    {502, "The server cannot be reached; with 503, it is not in the list any more."},
	"server_broke_off":      {502, "The server ended its answer, or the connection, too early."},
	"server_error":          {502, "The server answered with an error, in a stream that had begun."},
	"server_wants_key":      {502, "The server wants a key or a sign-in of its own, which the laptop has to have."},
	"server_redirects":      {502, "The server sends the request somewhere else."},
	"server_removed":        {503, "The server is no longer shared."},

	// Answers that can be picked up again.
	"stream_not_found": {404, "There is no such answer, or it is no longer kept."},
	"stream_exists":    {409, "An answer of this name is under way."},
	"answer_too_long":  {507, "The answer grew too long to be kept while nobody was there for it."},

	// The laptop.
	"paused":         {503, "Sharing is paused."},
	"stopped":        {503, "Modelbeam was closed."},
	"no_room":        {503, "Too many large requests are under way at once."},
	"no_space":       {507, "The laptop's temporary folder is full."},
	"internal_error": {500, "Something went wrong inside the gateway."},
}
