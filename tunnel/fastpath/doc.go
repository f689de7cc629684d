// Package fastpath serves requests of the usual kind on the goroutine of their connection, without net/http's server.
//
// net/http starts a goroutine for each request that waits for its client to leave, and stops it again, moves the
// deadline of the connection four times, and keeps ten KiB of buffers while an answer is under way. For a short
// chat that is as much work as all that the gateway does, and for a thousand open streams most of the memory. A
// request of the usual kind needs none of it:
//
//	server     takes connections in, and ends them
//	conn       waits for a request, has it answered, and begins again
//	room       what was read and not taken yet
//	head       tells whether a head is of the usual kind, and reads it
//	body       what has come behind the head
//	response   the answer, which goes out in as few writes as possible
//	header     the head of the answer, as net/http writes it
//	watch      notices that a client leaves while a request takes its time
//
// The usual kind is narrow, so that it can be read in one way only: one line that ends in HTTP/1.1, fields without
// folding, one Host, a body of the length that one Content-Length says, all there at once or nearly so, and nothing
// that changes what the connection is for. Whatever else comes, well-formed or hostile, goes to net/http together with
// its connection, whose parser stays the guard. What is taken here net/http would read in the same way, which
// FuzzHead holds.
package fastpath
