package awake

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// laptop is a system that notes what it is asked, and what is demanded of a Keeper on it. Its fields are changed while
// everybody sleeps.
type laptop struct {
	*Keeper
	mu     sync.Mutex
	demand Demand
	power  Power
	refuse error
	hang   bool
	lost   chan struct{}
	noted  counts
}

// counts are what a Keeper did.
type counts struct {
	locks  int // that are held
	asked  int // how often for a lock
	looked int // how often at the battery
	wanted int // how often at the demand
}

func (l *laptop) counts() counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.noted
}

// onLaptop runs a Keeper in a bubble of time until f has ended.
func onLaptop(t *testing.T, f func(l *laptop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &laptop{power: Power{Percent: -1}}
		l.Keeper = newKeeper(l.tell, func() {}, slog.New(slog.DiscardHandler), system{hold: l.hold, power: l.battery})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { l.Run(ctx) })
		f(l)
		cancel()
		running.Wait()
		if n := l.counts().locks; n != 0 {
			t.Errorf("%d locks are left", n)
		}
	})
}

func (l *laptop) tell() Demand {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noted.wanted++
	return l.demand
}

func (l *laptop) battery(context.Context) Power {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noted.looked++
	return l.power
}

func (l *laptop) hold(ctx context.Context, _ string) (*lock, error) {
	l.mu.Lock()
	hang := l.hang
	l.mu.Unlock()
	if hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noted.asked++
	if l.refuse != nil {
		return nil, l.refuse
	}
	l.noted.locks++
	l.lost = make(chan struct{})
	return &lock{l.lost, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.noted.locks--
	}}, nil
}

// set changes what there is and has the Keeper look.
func (l *laptop) set(change func()) {
	l.mu.Lock()
	change()
	l.mu.Unlock()
	l.Nudge()
	l.after(pace)
}

// begin and end are those of an answer, as the core tells of them.
func (l *laptop) begin(name string) {
	l.mu.Lock()
	l.demand.Answering = append(slices.Clone(l.demand.Answering), name)
	l.mu.Unlock()
	l.Answered(name)
	synctest.Wait()
}

func (l *laptop) end(name string) {
	l.mu.Lock()
	l.demand.Answering = slices.DeleteFunc(slices.Clone(l.demand.Answering), func(n string) bool { return n == name })
	l.mu.Unlock()
	l.Answered(name)
	synctest.Wait()
}

func (l *laptop) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// lose has the system forget the lock.
func (l *laptop) lose() {
	l.mu.Lock()
	close(l.lost)
	l.mu.Unlock()
	l.after(pace)
}

// expect compares the Status, and what the system knows with it.
func (l *laptop) expect(t *testing.T, when string, held bool, whom string, not WhyNot) {
	t.Helper()
	s := l.Status()
	if s.Held != held || strings.Join(s.For, ",") != whom || s.WhyNot != not {
		t.Errorf("%s: %+v; want held %v for %q, not because of %q", when, s, held, whom, not)
	}
	if n := l.counts().locks; (n == 1) != held || n > 1 {
		t.Errorf("%s: %d locks", when, n)
	}
}

func TestAMinuteLonger(t *testing.T) {
	onLaptop(t, func(l *laptop) {
		l.expect(t, "at first", false, "", "")
		l.begin("Anna")
		l.expect(t, "with the first byte", true, "Anna", "")
		l.after(10 * time.Minute)
		l.expect(t, "a long answer", true, "Anna", "")
		l.begin("Ben")
		l.after(pace)
		l.expect(t, "two", true, "Anna,Ben", "")
		l.end("Anna")
		l.after(lingers - time.Millisecond)
		l.expect(t, "nearly a minute later", true, "Anna,Ben", "")
		l.after(time.Millisecond + pace)
		l.expect(t, "a minute later", true, "Ben", "")
		l.end("Ben")
		l.after(lingers / 2)
		l.begin("Ben")
		l.end("Ben")
		l.after(lingers - time.Millisecond)
		l.expect(t, "nearly a minute after the last", true, "Ben", "")
		l.after(time.Millisecond)
		l.expect(t, "a minute after the last", false, "", "")
		if n := l.counts().asked; n != 1 {
			t.Errorf("asked %d times for one lock", n)
		}
	})
}

// TestShortAnswer begins and ends before anybody looks.
func TestShortAnswer(t *testing.T) {
	onLaptop(t, func(l *laptop) {
		l.Answered("Anna")
		l.Answered("Anna")
		l.after(lingers - time.Millisecond)
		l.expect(t, "nearly a minute later", true, "Anna", "")
		l.after(time.Millisecond)
		l.expect(t, "a minute later", false, "", "")
	})
}

// TestIdleCostsNothing: while nobody asks, nobody wakes up.
func TestIdleCostsNothing(t *testing.T) {
	onLaptop(t, func(l *laptop) {
		l.begin("Anna")
		l.end("Anna")
		l.after(2 * lingers)
		before := l.counts()
		l.after(24 * time.Hour)
		if after := l.counts(); after != before {
			t.Errorf("%+v became %+v", before, after)
		}
	})
}

// TestManyRequests: looks do not get more with the requests.
func TestManyRequests(t *testing.T) {
	onLaptop(t, func(l *laptop) {
		for range 10_000 {
			l.Answered("Anna")
			time.Sleep(time.Millisecond)
		}
		synctest.Wait()
		if n, most := l.counts(), 2+int(10*time.Second/pace); n.wanted > most || n.looked > 2 {
			t.Errorf("looked %d times at the demand and %d times at the battery", n.wanted, n.looked)
		}
		l.expect(t, "all the time", true, "Anna", "")
	})
}

func TestBattery(t *testing.T) {
	for _, tt := range []struct {
		name    string
		power   Power
		held    bool
		not     WhyNot
		plugged bool // held when it is only plugged in
	}{
		{"no battery", Power{Percent: -1}, true, "", true},
		{"plugged in", Power{Battery: true, Percent: 5}, true, "", true},
		{"enough", Power{Battery: true, OnBattery: true, Percent: 20}, true, "", false},
		{"low", Power{Battery: true, OnBattery: true, Percent: 19}, false, LowBattery, false},
		{"empty", Power{Battery: true, OnBattery: true, Percent: 0}, false, LowBattery, false},
		{"not known", Power{Battery: true, OnBattery: true, Percent: -1}, true, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			onLaptop(t, func(l *laptop) {
				l.set(func() { l.power = tt.power })
				l.begin("Anna")
				l.expect(t, "answering", tt.held, "Anna", tt.not)
				if l.Status().Laptop != tt.power.Battery {
					t.Error("laptop:", l.Status().Laptop)
				}
				l.end("Anna")
				l.after(lingers + pace)
				l.set(func() { l.demand = Demand{Plugged: true, Sharing: true} })
				l.expect(t, "sharing", tt.plugged, "", "")
				l.set(func() { l.demand.Sharing = false })
				l.expect(t, "paused", false, "", "")
			})
		})
	}
}

// TestBatteryRunsDown in the middle of an answer; then the person plugs the laptop in.
func TestBatteryRunsDown(t *testing.T) {
	onLaptop(t, func(l *laptop) {
		l.set(func() { l.power = Power{Battery: true, OnBattery: true, Percent: 20} })
		l.begin("Anna")
		l.set(func() { l.power.Percent = 19 })
		l.after(lookEvery)
		l.expect(t, "a minute later", false, "Anna", LowBattery)
		l.set(func() { l.power.OnBattery = false })
		l.after(lookEvery)
		l.expect(t, "plugged in", true, "Anna", "")
		l.set(func() { l.demand = Demand{Plugged: true, Sharing: true} })
		l.after(2 * lookEvery)
		l.expect(t, "nobody, and plugged in", true, "", "")
		l.set(func() { l.power.OnBattery = true })
		l.after(lookEvery)
		l.expect(t, "unplugged", false, "", "")
		l.set(func() { l.power.OnBattery = false })
		l.after(lookEvery)
		l.expect(t, "plugged in again", true, "", "")
	})
}

func TestRefused(t *testing.T) {
	onLaptop(t, func(l *laptop) {
		l.set(func() { l.refuse = errors.New("no such service") })
		l.begin("Anna")
		l.expect(t, "refused", false, "Anna", Refused)
		l.after(time.Hour)
		if n := l.counts().asked; n < 60 || n > 70 {
			t.Errorf("asked %d times in an hour", n)
		}
		l.set(func() { l.refuse = nil })
		l.after(lookEvery)
		l.expect(t, "no more", true, "Anna", "")
	})
}

// TestLost: a system that forgets is asked again, also when it is not there for a moment.
func TestLost(t *testing.T) {
	onLaptop(t, func(l *laptop) {
		l.begin("Anna")
		l.lose()
		l.expect(t, "lost", true, "Anna", "")
		if n := l.counts().asked; n != 2 {
			t.Errorf("asked %d times", n)
		}
		l.mu.Lock()
		l.refuse = errors.New("just starting")
		l.mu.Unlock()
		l.lose()
		l.expect(t, "starting", false, "Anna", Refused)
		l.mu.Lock()
		l.refuse = nil
		l.mu.Unlock()
		l.after(soonest)
		l.expect(t, "started", true, "Anna", "")
	})
}

// TestSystemHangs: who answers phones does not wait for it, and neither does the end.
func TestSystemHangs(t *testing.T) {
	onLaptop(t, func(l *laptop) {
		l.set(func() { l.hang = true })
		began := time.Now()
		for range 100 {
			l.begin("Anna")
			l.end("Anna")
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("waited %s", d)
		}
	})
}

func TestHoldByChild(t *testing.T) {
	l, err := holdBy("sleep", "600")
	if err != nil {
		t.Skip(err)
	}
	select {
	case <-l.lost:
		t.Error("lost at once")
	default:
	}
	l.release()
	l.release()
	if l, err = holdBy("true"); err != nil {
		t.Fatal(err)
	}
	<-l.lost // which it tells
	l.release()
	if _, err := holdBy("/nobody/has/this"); err == nil {
		t.Error("held by nothing")
	}
}
