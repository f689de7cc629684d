// Package socket reads and writes sockets without a word to Go's scheduler.
//
// Go tells its scheduler of every system call, since most of them may wait. The first one after a rest wakes a thread
// (sysmon) that looks every 20 µs whether it does, until all is at rest again: for a gateway, whose goroutines are at rest
// most of the time, that is for every piece that comes, and took a sixth of the processor's time for a short chat. But a
// read or a write of a socket that does not block is over in a few µs. So it is made without telling anybody, as the
// runtime itself asks the system which sockets are ready:
//
//	conn_unix   a connection that reads and writes in that way
//	quiet_linux the calls, as the system is asked on Linux
//	quiet_other and elsewhere, and where the race detector must hear of them
//
// On Windows, where sockets are read in another way, connections stay as they are.
package socket

import "net"

// Wrap returns a connection that reads and writes c, or c itself where that is none of TCP. It has the methods of a
// *net.TCPConn, and so it is as safe to be called from any goroutine. Who closes it closes c.
func Wrap(c net.Conn) net.Conn { return wrap(c) }
