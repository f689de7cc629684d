package transport

import (
	"cmp"
	"net"
	"net/url"
	"sync"
	"time"
)

// closersKept is for how long a server that closed a connection early is taken for one that always
// does. After that its connections are kept again, to see: it may have been a restart.
const closersKept = 10 * time.Minute

// maxClosers bounds how many are remembered. There are never so many servers.
const maxClosers = 1000

// closers remembers servers that were seen to close a connection which they had promised to keep, by
// their address. The zero value knows none. Its methods may be called from any goroutine.
type closers struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// add remembers a server. Where there is no room all others are forgotten, which costs each of them one request
// that is sent twice.
func (c *closers) add(address string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil || len(c.seen) >= maxClosers {
		c.seen = make(map[string]time.Time)
	}
	c.seen[address] = time.Now()
}

// has reports whether a server was added in the last closersKept.
func (c *closers) has(address string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.seen[address]
	if ok && time.Since(at) > closersKept {
		delete(c.seen, address)
		return false
	}
	return ok
}

// addressOf is the host and port of u, as a dialer gets them.
func addressOf(u *url.URL) string {
	if u.Port() != "" && u.Hostname() != "" {
		return u.Host // the usual case
	}
	usual := "80"
	if u.Scheme == "https" {
		usual = "443"
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), usual))
}
