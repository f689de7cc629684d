package contact

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	phone  = netip.MustParseAddr("192.168.1.30")
	laptop = netip.MustParseAddr("192.168.1.20")
)

func TestTheSameIsOneContact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Ledger
		began := time.Now()
		l.Note(Contact{Kind: Served, Peer: phone, Local: laptop, Device: "d1"})
		time.Sleep(time.Second)
		l.Note(Contact{Kind: Page, Peer: phone, Local: laptop})
		time.Sleep(time.Second)
		l.Note(Contact{Kind: Served, Peer: phone, Local: laptop, Device: "d2", Detail: "x"})
		l.Note(Contact{Kind: Served, Peer: phone, Local: laptop}) // takes nothing back
		l.Note(Contact{Kind: Served})                             // of nobody
		time.Sleep(time.Second)
		l.Note(Contact{Kind: Served, Peer: phone})
		want := []Contact{
			{Kind: Served, Peer: phone, First: began.Add(3 * time.Second), Last: began.Add(3 * time.Second), Count: 1},
			{Kind: Served, Peer: phone, Local: laptop, First: began, Last: began.Add(2 * time.Second), Count: 3, Device: "d2", Detail: "x"},
			{Kind: Page, Peer: phone, Local: laptop, First: began.Add(time.Second), Last: began.Add(time.Second), Count: 1},
		}
		got := l.Recent()
		for i := range got {
			got[i].First, got[i].Last = got[i].First.Round(0), got[i].Last.Round(0)
		}
		for i := range want {
			want[i].First, want[i].Last = want[i].First.Round(0), want[i].Last.Round(0)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got\n%v\nwant\n%v", got, want)
		}
	})
}

func TestNobodyIsPushedOut(t *testing.T) {
	near := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}) }
	for _, tt := range []struct {
		name string
		peer func(i int) netip.Addr
		kind func(i int) Kind
	}{
		{"one address with many kinds", func(int) netip.Addr { return near(7) }, func(i int) Kind { return Kind(fmt.Sprint(i)) }},
		{"one IPv6 network", func(i int) netip.Addr {
			return netip.AddrFrom16([16]byte{0xfd, 1, 14: byte(i >> 8), 15: byte(i)})
		}, func(int) Kind { return BadKey }},
		{"the internet", func(i int) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}) }, func(i int) Kind { return Silent }},
		{"who is far", func(i int) netip.Addr {
			return netip.AddrFrom16([16]byte{0x20, 1, 3: byte(i >> 8), 4: byte(i)})
		}, func(i int) Kind { return Distant }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var l Ledger
			for i := range 20 {
				l.Note(Contact{Kind: Page, Peer: near(1000 + i), Local: laptop})
			}
			for i := range 500 {
				l.Note(Contact{Kind: tt.kind(i), Peer: tt.peer(i), Local: laptop})
			}
			all := l.Recent()
			kept := 0
			for _, c := range all {
				if c.Kind == Page {
					kept++
				}
			}
			if len(all) != most || kept != 20 {
				t.Errorf("%d contacts, %d of the 20 that came before", len(all), kept)
			}
		})
	}
}

// TestTheOldestGoes: of those who have the same, and of one who has too many.
func TestTheOldestGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Ledger
		for i := range most + 10 {
			l.Note(Contact{Kind: Page, Peer: netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})})
			time.Sleep(time.Second)
		}
		all := l.Recent()
		if first, last := all[0].Peer.String(), all[most-1].Peer.String(); len(all) != most || first != "10.0.0.73" || last != "10.0.0.10" {
			t.Errorf("%d from %s to %s", len(all), first, last)
		}
	})
}

func TestWhatIsOver(t *testing.T) {
	other, here := netip.MustParseAddr("192.168.1.31"), netip.MustParseAddr("10.0.0.2")
	var l Ledger
	for _, c := range []Contact{
		{Kind: Preflight, Peer: phone, Local: laptop, Detail: "https://chat.example"},
		{Kind: Preflight, Peer: phone, Local: here, Detail: "https://chat.example"},
		{Kind: Preflight, Peer: other, Local: laptop, Detail: "https://chat.example"},
		{Kind: Secure, Peer: phone, Local: laptop},
		{Kind: Secure, Peer: other, Local: laptop},
		{Kind: BadKey, Peer: phone, Local: laptop},
	} {
		l.Note(c)
	}
	l.Followed(phone, laptop, "https://other.example") // not what was asked for
	if n := len(l.Recent()); n != 6 {
		t.Errorf("%d contacts are left after a request of another page", n)
	}
	l.Followed(phone, laptop, "https://chat.example")
	l.Upgraded(phone)
	var left []string
	for _, c := range l.Recent() {
		left = append(left, fmt.Sprintf("%s %s %s", c.Kind, c.Peer, c.Local))
	}
	slices.Sort(left)
	want := []string{
		"bad-key 192.168.1.30 192.168.1.20", "preflight 192.168.1.30 10.0.0.2",
		"preflight 192.168.1.31 192.168.1.20", "tls 192.168.1.31 192.168.1.20",
	}
	if !slices.Equal(left, want) {
		t.Errorf("left are %q, want %q", left, want)
	}
	l.Upgraded(other)
	l.Followed(other, laptop, "https://chat.example")
	l.Followed(phone, here, "https://chat.example")
	if n := l.open.Load(); n != 0 {
		t.Errorf("%d are said to be open", n)
	}
}

func TestDetailsAreCleaned(t *testing.T) {
	for is, want := range map[string]string{
		"":                                   "",
		"https://chat.example:8443":          "https://chat.example:8443",
		"[fd00::1]:8717":                     "[fd00::1]:8717",
		"a\x1b[31mb\r\nc\u202e d<img src=x>": "a[31mbcdimgsrcx",
		strings.Repeat("x", 500):             strings.Repeat("x", longest),
		strings.Repeat("ä", 500):             "",
	} {
		var l Ledger
		l.Note(Contact{Kind: WrongHost, Peer: phone, Detail: is})
		if got := l.Recent()[0].Detail; got != want {
			t.Errorf("%q became %q, want %q", is, got, want)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	var l Ledger
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 300 {
				peer := netip.AddrFrom4([4]byte{10, 0, byte(i), byte(n)})
				l.Note(Contact{Kind: Preflight, Peer: peer, Detail: "a"})
				l.Note(Contact{Kind: Served, Peer: phone, Device: fmt.Sprint(n)})
				l.Followed(peer, netip.Addr{}, "a")
				_ = l.Recent()
			}
		})
	}
	all.Wait()
	got := l.Recent()
	if len(got) != 1 || got[0].Count != 8*300 || l.open.Load() != 0 {
		t.Errorf("%v, %d open", got, l.open.Load())
	}
}

// TestNothingFromTheHeap: every request of every phone is noted.
func TestNothingFromTheHeap(t *testing.T) {
	var l Ledger
	c := Contact{Kind: Served, Peer: phone, Local: laptop, Device: "d1", Detail: "x"}
	l.Note(c)
	if n := testing.AllocsPerRun(100, func() {
		l.Note(c)
		l.Followed(phone, laptop, "https://chat.example")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNote(b *testing.B) {
	var l Ledger
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			l.Note(Contact{Kind: Served, Peer: phone, Local: laptop, Device: "d1"})
		}
	})
}
