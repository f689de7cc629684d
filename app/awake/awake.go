// Package awake keeps the computer from going to sleep while phones are answered, and for a minute after: a laptop
// that sleeps by itself would leave them in the middle of a sentence. The screen may go dark. What the system was
// asked for ends with this process, however that ends. No system lets a program keep a laptop awake whose lid
// is closed.
package awake

import "context"

// Demand is what there is to stay awake for, at one moment.
type Demand struct {
	Answering []string // the names of the devices that are answered
	Sharing   bool     // phones are let in
	Plugged   bool     // the person wants the computer awake all the time that it is on mains power
}

// WhyNot says why the computer is not kept awake though somebody needs it.
type WhyNot string

const (
	LowBattery WhyNot = "battery" // it runs on a battery with less than 20 %
	Refused    WhyNot = "refused" // the system does not offer it, or not to us
)

// Status is what comes of it.
type Status struct {
	For    []string // the devices for which the computer is to be awake, by name; sorted
	Held   bool     // it is kept awake: for them, or since it is plugged in
	WhyNot WhyNot   // set when it should be, and is not
	Laptop bool     // it has a battery, and so a lid that can be closed
}

// Power is where the computer has its power from.
type Power struct {
	Battery   bool // it has one, for itself
	OnBattery bool // and runs on it
	Percent   int  // the charge of it, or -1 when it is not known
}

// lowest is the charge in percent below which a battery is left alone.
const lowest = 20

func (p Power) low() bool { return p.OnBattery && p.Percent >= 0 && p.Percent < lowest }

// lock is what the system was asked for, for as long as it is kept. lost is closed when the system has forgotten it;
// nil when it never does.
type lock struct {
	lost    <-chan struct{}
	release func()
}

// system is what differs between systems.
type system struct {
	hold  func(ctx context.Context, why string) (*lock, error)
	power func(ctx context.Context) Power
}
