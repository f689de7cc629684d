// Package tunnel is the gateway: the one HTTP front that phones on the home network talk to.
// It stands before the LLM servers of this machine, answers browsers of any origin, asks for
// a device's key, lets only listed paths through, picks the server by the model's name and
// streams the answer back as it comes.
//
// Package admission lets connections in, and lets go who holds them without a key. A request then
// goes through these steps, each in a file of its own:
//
//	record      what happened, for Observe; who stopped reading, or sends no body, is let go
//	recovery    a panic becomes a 500 of ours
//	cors        Cross-Origin Resource Sharing; answers OPTIONS
//	finalCORS   the same headers again on the final answer, the server's own removed
//	guard       Host and peer: against DNS rebinding and the public internet
//	find        which route this is: path forgiveness and the list of what exists
//	authorize   whose key this is, and whether that device may come in now
//	dispatch    404, 405, "paused", or the route's handler: an own endpoint or forward
//
// forward then reads the body, which package body looks through and keeps, looks up the servers that
// have its model in the catalog, takes out what is not a device's to ask for and hands over to [net/http/httputil.ReverseProxy]. Its transport is
// carrier, which asks the first of them, and the next one when that is not there; what came in
// Ollama's words for a server of OpenAI's API is translated there, by package ollama. The connections
// are package transport's, which loses no request to one that a server has closed.
//
// What comes back passes frames, which keeps events whole, counts tokens and tells of a server that
// broke off, and silence, which keeps the connection alive while the server has nothing to say. An
// answer that its client has named passes keeper too, from where it can be picked up again.
//
// What a guest may do is in Pass. It holds only if the gateway reads a request as the server will:
// see package body.
package tunnel
