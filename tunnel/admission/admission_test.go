package admission

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// visitor is one end of a connection whose other end is at a given address.
type visitor struct {
	net.Conn
	peer net.Addr
}

func (v visitor) RemoteAddr() net.Addr { return v.peer }

// house is a Desk on a clock of its own, and who came to it.
type house struct {
	t    *testing.T
	desk *Desk
	in   []*Conn
}

// inHouse runs a test whose connections are closed at its end.
func inHouse(t *testing.T, run func(*house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, desk: New()}
		run(h)
		for _, c := range h.in {
			c.Close()
		}
		if h.desk.total != 0 || len(h.desk.held) != 0 || h.desk.waiting.Len() != 0 {
			t.Errorf("all are gone, and %d bytes are held by %v", h.desk.total, h.desk.held)
		}
	})
}

// come lets n connections of an address in, one after the other.
func (h *house) come(n int, address string) []*Conn {
	h.t.Helper()
	peer := net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(address), 4000))
	var all []*Conn
	for range n {
		near, far := net.Pipe()
		h.t.Cleanup(func() { far.Close() })
		l := listener{one{visitor{near, peer}}, h.desk}
		c, err := l.Accept()
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, c.(*Conn))
	}
	h.in = append(h.in, all...)
	return all
}

// one is a listener that has one connection.
type one struct{ net.Conn }

func (o one) Accept() (net.Conn, error) { return o.Conn, nil }
func (o one) Addr() net.Addr            { return o.LocalAddr() }

// open counts who is still there.
func open(conns []*Conn) int {
	n := 0
	for _, c := range conns {
		if c.Conn.SetWriteDeadline(time.Time{}) == nil { // which a closed pipe refuses
			n++
		}
	}
	return n
}

func TestRoom(t *testing.T) {
	perAddress, perNetwork, inAll := addressRoom/ownWeight, networkRoom/ownWeight, totalRoom/ownWeight
	tests := []struct {
		name      string
		addresses int
		address   string // with a %d for which of them
		stay      int    // of 2,000
	}{
		{"one IPv4 address", 1, "192.168.1.%d", perAddress},
		{"one IPv6 address", 1, "fd00::%d", perAddress},
		{"two IPv4 addresses", 2, "192.168.1.%d", 2 * perAddress},
		{"an IPv6 network", 100, "fd00::%d", perNetwork},
		{"many IPv4 addresses", 100, "192.168.1.%d", inAll},
		{"many IPv6 networks", 100, "fd00:0:0:%d::1", inAll},
		{"IPv4 in IPv6", 1, "::ffff:192.168.1.%d", perAddress},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				for i := range 2000 {
					h.come(1, fmt.Sprintf(tt.address, i%tt.addresses))
					time.Sleep(grace) // for every one is too old then to be spared
				}
				if got := open(h.in); got != tt.stay {
					t.Errorf("%d of 2,000 connections stay, want %d", got, tt.stay)
				}
				if last := h.in[len(h.in)-tt.stay:]; open(last) != tt.stay {
					t.Error("it is not the oldest that went")
				}
			})
		})
	}
}

// TestBurst opens more connections at once than an address has room for: a program with a key does.
func TestBurst(t *testing.T) {
	inHouse(t, func(h *house) {
		const n = totalRoom / ownWeight
		burst := h.come(n, "192.168.1.7")
		if got := open(burst); got != n {
			t.Errorf("%d of %d stay", got, n)
		}
		for _, c := range burst[:n/2] {
			c.admit()
		}
		time.Sleep(grace)
		h.come(1, "192.168.1.7")
		if known := open(burst[:n/2]); known != n/2 {
			t.Errorf("%d of %d with a key stay", known, n/2)
		}
		if got, want := open(burst[n/2:]), addressRoom/ownWeight-1; got != want {
			t.Errorf("%d without a key stay, want %d", got, want)
		}
	})
}

// TestNeighboursBurst fills the house at once from one address, beside a phone that is about to pair.
func TestNeighboursBurst(t *testing.T) {
	for name, address := range map[string]string{"IPv4": "192.168.1.7", "IPv6": "fd00::%d"} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				phone := h.come(1, "192.168.1.8")
				const n = 3 * totalRoom / ownWeight
				for i := range n {
					from := address
					if name == "IPv6" {
						from = fmt.Sprintf(address, i+1)
					}
					h.come(1, from)
				}
				if open(phone) != 1 {
					t.Error("the phone paid for the neighbour")
				}
				if got, want := open(h.in), totalRoom/ownWeight; got != want {
					t.Errorf("%d stay, want %d", got, want)
				}
			})
		})
	}
}

// TestKeyThatIsGoodNoMore takes away the key by which more connections are open than there is room for.
func TestKeyThatIsGoodNoMore(t *testing.T) {
	inHouse(t, func(h *house) {
		const n = 2 * addressRoom / ownWeight
		for range n {
			h.come(1, "192.168.1.7")[0].admit()
		}
		time.Sleep(grace)
		for _, c := range h.in {
			c.dismiss()
			c.dismiss()
		}
		if got, want := open(h.in), addressRoom/ownWeight; got != want {
			t.Errorf("%d of %d stay, want %d", got, n, want)
		}
	})
}

func TestOldestGoesFirst(t *testing.T) {
	inHouse(t, func(h *house) {
		all := h.come(addressRoom/ownWeight, "192.168.1.7")
		time.Sleep(grace)
		h.desk.turn(all[0], false) // it asks for something
		h.come(1, "192.168.1.7")
		if open(all[:1]) != 1 || open(all[1:2]) != 0 {
			t.Error("it was not the one that has done nothing for longest that went")
		}
		other := h.come(1, "192.168.1.8")
		h.come(1, "192.168.1.7")
		if open(other) != 1 || open(all[2:3]) != 0 {
			t.Error("another address paid for it")
		}
	})
}

func TestLargeHeadsTakeMoreRoom(t *testing.T) {
	inHouse(t, func(h *house) {
		const head = 60 << 10
		for range 400 {
			h.desk.grew(h.come(1, "192.168.1.7")[0], head)
		}
		if got, want := open(h.in), addressRoom/(ownWeight+byteWeight*head); got > want+1 || got < want-1 {
			t.Errorf("%d stay, want about %d", got, want)
		}
	})
}

// TestHeadIsCountedOnce sees to it that what a connection has sent is its own no more when its request
// is over, and that a body does not count.
func TestHeadIsCountedOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.come(1, "192.168.1.7")[0]
		for range 100 {
			h.desk.grew(c, 50<<10)
			h.desk.turn(c, false)
			h.desk.grew(c, 1<<30)
			h.desk.turn(c, true)
		}
		if h.desk.total != ownWeight || open(h.in) != 1 {
			t.Errorf("an idle connection holds %d bytes", h.desk.total)
		}
	})
}

func TestNoMoreSockets(t *testing.T) {
	inHouse(t, func(h *house) {
		h.desk.relieve() // with nobody there
		known := h.come(1, "192.168.1.7")
		known[0].admit()
		others := h.come(80, "192.168.1.7")
		h.desk.relieve()
		if open(known) != 1 || open(others) != 70 || open(others[:10]) != 0 {
			t.Errorf("%d with a key stay and %d without", open(known), open(others))
		}
	})
}

func TestReadingEndsWithoutKey(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.come(1, "192.168.1.7")[0]
		began := time.Now()
		_ = c.SetReadDeadline(time.Time{})
		if _, err := c.Read(make([]byte, 1)); err == nil || time.Since(began) != patience {
			t.Errorf("a read without a key ended after %s: %v", time.Since(began), err)
		}
		began = time.Now()
		_ = c.SetReadDeadline(began.Add(time.Hour))
		if _, err := c.Read(make([]byte, 1)); err == nil || time.Since(began) != idle {
			t.Errorf("an idle connection without a key ended after %s: %v", time.Since(began), err)
		}
		_ = c.SetDeadline(time.Time{})
		read := make(chan error, 1)
		go func() {
			_, err := c.Read(make([]byte, 1))
			read <- err
		}()
		c.admit()
		time.Sleep(10 * patience)
		select {
		case err := <-read:
			t.Errorf("a read with a key ended: %v", err)
		default:
		}
		c.Close()
		<-read
	})
}
