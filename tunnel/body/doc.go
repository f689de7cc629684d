// Package body reads and keeps the bodies of requests: it finds what the gateway has to know in
// them while they pass in pieces of any size, holds them in a bounded space, unpacks them and sends
// them on with a few bytes changed. It knows nothing of HTTP, of servers or of words for people:
// what is wrong with a body is a [Fault].
//
// A limit of a device holds only if the gateway reads a body as the server will, and servers' parsers
// disagree. So everything on which they do is refused, see [Scanner] and [ReadForm].
package body
