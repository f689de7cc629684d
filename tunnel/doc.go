// Package tunnel is the gateway: the one HTTP front that phones on the home network talk to.
// It stands before the LLM servers of this machine, answers browsers of any origin, asks for
// a device's key, lets only listed paths through, picks the server by the model's name and
// streams the answer back as it comes. README.md beside this file is the reference of what it answers.
//
// # Usage
//
// Fill in a [Gateway], tell it of servers with [Gateway.SetServers], and let it [Gateway.Serve] a
// listener. The options are read once, by the first of these. Everything that changes later comes in
// through methods, and what the gateway needs to ask comes out through the functions among the options.
//
// # The way of a request
//
// Package admission lets the connection in, and lets go who holds one without a key. Package fastpath reads requests
// of the usual kind on it; with the first one of another kind the connection is net/http's. The request then goes
// through these steps, each in the file that is named after it:
//
//	record      what happened, for Observe and Contacts; who stopped reading, or sends no body, is let go
//	recovery    a panic becomes a 500 of ours
//	cors        Cross-Origin Resource Sharing; answers OPTIONS, so that a preflight needs no key
//	finalCORS   the same headers again on the final answer, the server's own removed
//	guard       Host and peer: against DNS rebinding and the public internet
//	find        takes the keys out, and finds the route: path forgiveness and the list of what exists
//	authorize   whose key this is, and whether that device may come in now
//	dispatch    404, 405, "paused", or the route's handler: an endpoint of our own or forward
//
// The endpoints of our own are in identity, pair, device, report, apps, models, ollama and keep (for /streams).
// Everything else goes to forward, which makes five calls, each to a file of its own:
//
//	read      the head and the whole body, which package body looks through and keeps
//	choose    the servers that have the model, from package catalog
//	keep      an answer with a name goes onto a shelf of package kept, to be picked up again
//	quota     a guest's request is taken off the pass
//	relay     to the server and back: package relay
//
// What can be refused early is: read already asks quota whether anything is left, by the head alone, and
// choose for the model as soon as its name has come.
//
// The other files: gateway has the options and builds all this, routes the table of what exists; serve runs the HTTP servers; call is what is known of a request, with registry (all
// of them that are under way), response and upload (its two halves on the connection); disconnect is what ends
// calls that are under way: a pause, a device that is removed, a server that is taken away.
//
// # Words
//
// Each of these means one thing in this package and in the packages below it:
//
//	call      one request while it is answered, and what is known of it; Exchange: what Observe gets of it
//	route     one line of the table of what exists
//	dialect   an API that clients and servers speak: OpenAI's, Ollama's, Anthropic's
//	device    who holds a key: a paired phone, or anything else
//	key       what a device proves itself with; everything that has the form of one counts
//	code      what a device pairs with; a failure's Code is always spelled out
//	pass      what a guest's device may do; a ticket is what one request took off it
//	server    a local LLM server; model: one model of one server; catalog: all of them at one moment
//	entry     a model under the name that lists have it by
//	target    a server to be asked for a model, and by which name
//	payload   a request's body, read whole; its edits are what the server gets otherwise
//	attempt   one sending of a request to one server
//	trip      one request on one connection to a server, and its answer: package transport
//	answer    what comes back; a kept answer can be picked up again by its name
//	stream    an answer that comes in pieces, over seconds or minutes
//	piece     an event or a line of a stream; frame: the same of a WebSocket; chunk: of HTTP's framing
//	usual     of a request: of the kind that package fastpath serves
//	ahead     of bytes: read from a connection before it is their turn
//	at rest   of a stream or a connection: nothing is under way on it at the moment
//	ready     of a body: a read would not wait
//	contact   what one machine tried at our door, with one outcome; a report is what a phone's page found: package contact
//	failure   an error of ours, with a Code, a sentence and a status; package fault words all of them
package tunnel
