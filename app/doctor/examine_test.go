package doctor

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"modelbeam/discovery/lan"
	"modelbeam/discovery/vicinity"
	"modelbeam/tunnel/contact"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient is a Doctor of a computer that has only the contacts that a test gives it.
type patient struct {
	*Doctor
	mu       sync.Mutex
	contacts []contact.Contact
	changes  atomic.Int32
}

func newPatient() *patient {
	p := &patient{}
	p.Doctor = New(Sources{
		Own:        func() Own { return Own{Code: laptop, Addresses: []netip.Addr{laptop}} },
		Candidates: func() []lan.Candidate { return nil },
		Contacts: func() []contact.Contact {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.contacts
		},
		Reports: func() []contact.Report { return nil },
		Servers: func() ([]Server, bool) { return nil, true },
		Changed: func() { p.changes.Add(1) },
		Log:     slog.New(slog.DiscardHandler),
	})
	return p
}

func (p *patient) meet(kind contact.Kind, peer netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.contacts = append([]contact.Contact{{Kind: kind, Peer: peer, Last: time.Now()}}, p.contacts...)
}

// TestWaiting: help is offered when a code was shown for 30 seconds and no phone has come, and taken back when one does.
func TestWaiting(t *testing.T) {
	for name, tt := range map[string]struct {
		before, during func(p *patient)
		want           bool
	}{
		"nobody":                  {want: true},
		"ourselves":               {during: func(p *patient) { p.meet(contact.Served, laptop) }, want: true},
		"somebody who was silent": {during: func(p *patient) { p.meet(contact.Silent, phone) }, want: true},
		"a phone":                 {during: func(p *patient) { p.meet(contact.Page, phone) }},
		"a phone, a minute ago":   {before: func(p *patient) { p.meet(contact.Served, phone); time.Sleep(time.Minute) }},
		"a phone, an hour ago":    {before: func(p *patient) { p.meet(contact.Served, phone); time.Sleep(time.Hour) }, want: true},
		"hidden meanwhile":        {during: func(p *patient) { p.Shown(false) }},
		"hidden and shown again":  {during: func(p *patient) { p.Shown(false); synctest.Wait(); p.Shown(true) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPatient()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go p.Run(ctx)
				if tt.before != nil {
					tt.before(p)
				}
				p.Shown(true)
				synctest.Wait()
				time.Sleep(patience / 2)
				if tt.during != nil {
					tt.during(p)
				}
				time.Sleep(patience/2 + time.Second)
				synctest.Wait()
				if p.Waiting() != tt.want {
					t.Errorf("waiting: %t", p.Waiting())
				}
				if told := p.changes.Load() > 0; told != tt.want {
					t.Errorf("told: %t", told)
				}
				p.meet(contact.Page, phone)
				if p.Waiting() {
					t.Error("a phone has come, and is still waited for")
				}
				time.Sleep(time.Hour)
				if p.Waiting() {
					t.Error("a phone has come and gone, and is waited for again")
				}
			})
		})
	}
}

// TestCountsFromTheCodeOn has a phone come before Run gets to look at anything, as on a computer with much to do.
func TestCountsFromTheCodeOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPatient()
		p.meet(contact.Page, laptop) // before there was a code
		time.Sleep(time.Second)
		p.Shown(true)
		shown := time.Now()
		time.Sleep(time.Second)
		p.meet(contact.Silent, phone)
		time.Sleep(time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go p.Run(ctx)
		synctest.Wait()

		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.since.Equal(shown) || !p.before.at.Equal(shown) {
			t.Errorf("it counts from %v and compares with %v, and the code was shown at %v", p.since, p.before.at, shown)
		}
		f := Facts{Since: p.since}
		f.split(p.contacts, nil)
		if len(f.Contacts) != 1 || f.Contacts[0].Peer != phone {
			t.Errorf("what counts is %v", f.Contacts)
		}
	})
}

// TestSigns: who counts as a phone that looked for us in vain.
func TestSigns(t *testing.T) {
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	for name, tt := range map[string]struct {
		neighbour vicinity.Neighbour
		heard     time.Time
		came      bool
		server    bool
		want      bool
	}{
		"looked for us just now":       {neighbour: vicinity.Neighbour{Alive: true, Sought: true, Seen: ago(time.Second)}, want: true},
		"looked for us long before":    {neighbour: vicinity.Neighbour{Alive: true, Sought: true, Seen: ago(time.Hour)}},
		"we looked for it":             {neighbour: vicinity.Neighbour{Alive: true, Seen: ago(time.Second)}},
		"a router":                     {neighbour: vicinity.Neighbour{Alive: true, Sought: true, Router: true, Seen: ago(time.Second)}},
		"it came in":                   {neighbour: vicinity.Neighbour{Alive: true, Sought: true, Seen: ago(time.Second)}, came: true},
		"it answered our question":     {neighbour: vicinity.Neighbour{Alive: true, Sought: true, Seen: ago(time.Second)}, heard: ago(2 * time.Second)},
		"it answered, and tried later": {neighbour: vicinity.Neighbour{Alive: true, Sought: true, Seen: ago(time.Second)}, heard: ago(20 * time.Second), want: true},
		"it has a server of ours":      {neighbour: vicinity.Neighbour{Alive: true, Sought: true, Seen: ago(time.Second)}, server: true},
		"it is gone":                   {neighbour: vicinity.Neighbour{Failed: true}},
		"new, and no time is known":    {neighbour: vicinity.Neighbour{Alive: true}, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := home()
			tt.neighbour.Addr = phone
			if tt.came {
				came(&f, contact.Silent, 1, "")
			}
			if tt.server {
				f.Servers = append(f.Servers, Server{Host: phone})
			}
			heard := map[netip.Addr]time.Time{}
			if !tt.heard.IsZero() {
				heard[phone] = tt.heard
			}
			s := f.signs(sample{at: f.Since}, sample{at: f.Now, neighbours: []vicinity.Neighbour{tt.neighbour}}, heard)
			if got := len(s.Sought) > 0; got != tt.want {
				t.Errorf("a sign: %t", got)
			}
		})
	}
}

// TestAnswersAreForgotten: who answered a question of ours long ago has nothing to do with it any more.
func TestAnswersAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPatient()
		p.heard[tv] = time.Now()
		time.Sleep(lookBack)
		p.heard[phone] = time.Now()
		if got := p.answered(); len(got) != 2 {
			t.Errorf("within ten minutes: %v", got)
		}
		time.Sleep(time.Second)
		if got := p.answered(); len(got) != 1 || got[phone].IsZero() || len(p.heard) != 1 {
			t.Errorf("after them: %v", got)
		}
	})
}

// TestKnock tells ourselves from another program, and from nobody.
func TestKnock(t *testing.T) {
	answer := func(body string) netip.AddrPort {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		t.Cleanup(s.Close)
		return netip.MustParseAddrPort(s.Listener.Addr().String())
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := netip.MustParseAddrPort(closed.Addr().String())
	closed.Close()
	ours := answer(`{"ok":true,"product":"Modelbeam","id":"c53c4db5"}`) // nobody who sends us there becomes us
	elsewhere := httptest.NewServer(http.RedirectHandler("http://"+ours.String()+"/healthz", http.StatusFound))
	t.Cleanup(elsewhere.Close)
	for name, tt := range map[string]struct {
		at   netip.AddrPort
		want Found
	}{
		"ourselves":         {answer(`{"ok":true,"product":"Modelbeam","id":"c53c4db5"}`), Ourselves},
		"another Modelbeam": {answer(`{"ok":true,"product":"Modelbeam","id":"99999999"}`), Somebody},
		"a page":            {answer("<html>"), Somebody},
		"endless":           {answer(`{"id":"` + strings.Repeat("x", 1<<20)), Somebody},
		"one that sends on": {netip.MustParseAddrPort(elsewhere.Listener.Addr().String()), Somebody},
		"nobody":            {gone, Nobody},
	} {
		t.Run(name, func(t *testing.T) {
			doors := knock(t.Context(), Own{ID: "c53c4db5", Listen: tt.at, Addresses: []netip.Addr{tt.at.Addr()}})
			if len(doors) != 1 || doors[0].Found != tt.want {
				t.Errorf("found %+v", doors)
			}
			if strings.Contains(doors[0].What, "127.0.0.1") {
				t.Errorf("the address is named twice: %q", doors[0].What)
			}
		})
	}
	if doors := knock(t.Context(), Own{Addresses: []netip.Addr{laptop}}); doors != nil {
		t.Errorf("closed, and found %+v", doors)
	}
}

func TestWoke(t *testing.T) {
	before := sample{at: noon, awake: time.Hour}
	for name, tt := range map[string]struct {
		before sample
		awake  time.Duration
		want   bool
	}{
		"awake":             {before, time.Hour + time.Minute, false},
		"asleep":            {before, time.Hour + 10*time.Second, true},
		"nothing is known":  {sample{}, time.Hour, false},
		"a clock set right": {before, time.Hour + 59*time.Second, false},
	} {
		if got := woke(tt.before, sample{at: noon.Add(time.Minute), awake: tt.awake}); got.IsZero() == tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestInVain: who is answered wanted something else, unless what it got was a rule's reset.
func TestInVain(t *testing.T) {
	sought := vicinity.Neighbour{Addr: tv, Alive: true, Sought: true, Seen: noon.Add(-time.Second)}
	answered := sought
	answered.Answered = true
	for name, tt := range map[string]struct {
		neighbour vicinity.Neighbour
		since     time.Time
		replies   uint64
		sought    bool
		uncounted bool
	}{
		"swallowed":                       {neighbour: sought, since: noon.Add(-time.Minute), replies: 3, sought: true},
		"its ping was answered":           {neighbour: answered, since: noon.Add(-time.Minute), replies: 1},
		"it was reset by a rule":          {neighbour: answered, since: noon.Add(-time.Minute), sought: true},
		"answered, and nothing to count":  {neighbour: answered, uncounted: true},
		"swallowed, and nothing to count": {neighbour: sought, sought: true, uncounted: true},
		"counted since the morning":       {neighbour: sought, since: noon.Add(-4 * time.Hour), sought: true, uncounted: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := home()
			before := sample{at: tt.since, traffic: vicinity.Traffic{Received: 1}}
			now := sample{at: noon, neighbours: []vicinity.Neighbour{tt.neighbour}, traffic: vicinity.Traffic{Received: 10, Replies: tt.replies}}
			s := f.signs(before, now, nil)
			if len(s.Sought) > 0 != tt.sought || s.Uncounted != tt.uncounted || tt.uncounted && s.Lost > 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}
