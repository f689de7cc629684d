package socket

import "net"

func wrap(c net.Conn) net.Conn { return c }
