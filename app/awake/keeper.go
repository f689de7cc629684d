package awake

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// lingers is how long the computer stays awake after an answer: the person reads it and asks on.
	lingers = time.Minute
	// lookEvery is how often we look at the battery while that matters.
	lookEvery = time.Minute
	// pace is the shortest time between two looks at who is answered: each costs more than a request can.
	pace = 250 * time.Millisecond
	// soonest is when the system is asked again that refused; it doubles each time, up to lookEvery.
	soonest = time.Second
	// answerWithin is how long each part of the system may take that is asked.
	answerWithin = 3 * time.Second
)

// Keeper keeps the computer awake. Its methods may be called from any goroutine and return at once; Run does what
// takes time.
type Keeper struct {
	demand  func() Demand
	changed func()
	log     *slog.Logger
	system  system
	wake    chan struct{} // for Run: look again

	mu     sync.Mutex           // guards what follows
	recent map[string]time.Time // when devices were last answered, by name
	status Status

	// What follows is Run's alone.
	lock   *lock     // nil while there is none
	refuse int       // how often in a row the system refused
	power  Power     // as it was last
	looked time.Time // when that was; zero while it does not matter
}

// New returns a Keeper for what demand tells, which must not wait for anything. It calls changed, on Run's goroutine,
// when its Status is another one.
func New(demand func() Demand, changed func(), log *slog.Logger) *Keeper {
	return newKeeper(demand, changed, log, system{hold: hold, power: power})
}

func newKeeper(demand func() Demand, changed func(), log *slog.Logger, s system) *Keeper {
	return &Keeper{
		demand: demand, changed: changed, log: log, system: s,
		wake: make(chan struct{}, 1), recent: make(map[string]time.Time),
	}
}

// Answered notes that a device's answer has begun or ended, however short it is.
func (k *Keeper) Answered(device string) {
	k.mu.Lock()
	k.recent[device] = time.Now()
	k.mu.Unlock()
	k.Nudge()
}

// Nudge has Run look again at what is demanded.
func (k *Keeper) Nudge() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Status returns what holds at this moment.
func (k *Keeper) Status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.status
}

// Run keeps the computer awake when it has to be, until ctx ends. While nothing is demanded it does nothing at all.
func (k *Keeper) Run(ctx context.Context) {
	defer k.letGo()
	for {
		next := k.step(ctx)
		if !k.wait(ctx, next) {
			return
		}
	}
}

// wait waits until there is a reason to look again: somebody says so, the lock is lost, or next is over, where that
// is not zero. It is false when ctx has ended.
func (k *Keeper) wait(ctx context.Context, next time.Duration) bool {
	var later <-chan time.Time
	if next > 0 {
		later = time.After(next)
	}
	var lost <-chan struct{}
	if k.lock != nil {
		lost = k.lock.lost
	}
	select {
	case <-ctx.Done():
		return false
	case <-k.wake:
		select {
		case <-ctx.Done():
			return false
		case <-time.After(k.rest()):
		}
	case <-lost:
		k.log.Info("the system has forgotten that it is to stay awake; asking again")
		k.letGo()
	case <-later:
	}
	return true
}

// rest is how long a look may wait that somebody asks for: nothing, unless what they want is done already.
func (k *Keeper) rest() time.Duration {
	if k.lock == nil && k.refuse == 0 {
		return 0
	}
	return pace
}

// step does what is demanded now. It returns when to look again, or 0: when somebody says so.
func (k *Keeper) step(ctx context.Context) (next time.Duration) {
	d := k.demand()
	whom, next := k.whom(d.Answering)
	plugged := d.Plugged && d.Sharing
	if len(whom) == 0 && !plugged {
		k.letGo()
		k.looked, k.refuse = time.Time{}, 0
		k.tell(Status{})
		return 0
	}
	k.look(ctx)
	s := Status{For: whom, Laptop: k.power.Battery}
	if len(whom) > 0 && k.power.low() {
		s.WhyNot = LowBattery
	}
	if wanted := len(whom) > 0 && !k.power.low() || plugged && !k.power.OnBattery; wanted {
		k.take(ctx, len(whom) > 0)
		if s.Held = k.lock != nil; !s.Held {
			s.WhyNot = Refused
			next = min(next, soonest<<min(k.refuse-1, 6))
		}
	} else {
		k.letGo()
	}
	k.tell(s)
	return next
}

// whom are those that are answered now or were until a moment ago, and when the first of them is not any more;
// that is never later than the next look at the battery.
func (k *Keeper) whom(answering []string) (names []string, next time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	for _, name := range answering {
		k.recent[name] = now
	}
	next = lookEvery
	for name, last := range k.recent {
		left := lingers - now.Sub(last)
		if left <= 0 {
			delete(k.recent, name)
			continue
		}
		names = append(names, name)
		next = min(next, left)
	}
	slices.Sort(names)
	return names, next
}

// look reads the battery, unless that was just done.
func (k *Keeper) look(ctx context.Context) {
	if now := time.Now(); k.looked.IsZero() || now.Sub(k.looked) >= lookEvery {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		k.power, k.looked = k.system.power(ctx), now
	}
}

// take asks the system to stay awake, unless it does.
func (k *Keeper) take(ctx context.Context, answering bool) {
	if k.lock != nil {
		return
	}
	why := "Phones may ask at any time"
	if answering {
		why = "A phone is being answered"
	}
	var err error
	if k.lock, err = k.system.hold(ctx, why); err == nil {
		k.refuse = 0
		k.log.Debug("keep the computer awake")
		return
	}
	if k.refuse++; k.refuse == 1 && ctx.Err() == nil {
		k.log.Info("keep the computer awake", "error", err)
	}
}

// letGo lets the computer sleep.
func (k *Keeper) letGo() {
	if k.lock != nil {
		k.lock.release()
		k.lock = nil
		k.log.Debug("let the computer sleep")
	}
}

// tell publishes s if it is news.
func (k *Keeper) tell(s Status) {
	k.mu.Lock()
	was := k.status
	k.status = s
	k.mu.Unlock()
	if was.Held != s.Held || was.WhyNot != s.WhyNot || was.Laptop != s.Laptop || !slices.Equal(was.For, s.For) {
		k.changed()
	}
}
