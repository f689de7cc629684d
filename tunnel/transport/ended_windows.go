package transport

import "syscall"

// ended knows nothing of a connection: a socket of Windows' that is in use for overlapped
// reads, as Go's are, cannot be peeked at without waiting. What was sent in vain is sent again.
func ended(syscall.RawConn) bool { return false }
