package transport

import (
	"net"
	"time"
)

// A server whose machine or address is gone says nothing, and neither does one that thinks. To tell
// them apart its system is asked whether the connection is still there, after probeIdle of silence and
// then every probeEvery; without an answer for goneAfter, be it to that or to what was sent, it is gone.
// All three together are less than 30 s, as long as a phone waits on a silent connection.
const (
	probeIdle  = 10 * time.Second
	probeEvery = 5 * time.Second
	probes     = 3
	goneAfter  = 20 * time.Second

	dialTimeout = 3 * time.Second
)

func newDialer() *net.Dialer {
	return &net.Dialer{
		Timeout:         dialTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: probeIdle, Interval: probeEvery, Count: probes},
		Control:         limitUnacknowledged,
	}
}
