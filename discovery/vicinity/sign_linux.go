package vicinity

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// reachableAtMost is the longest that the kernel takes a neighbour for reachable without a new proof: half as much
	// again as base_reachable_time, which is 30 s; see neigh_rand_reach_time in net/core/neighbour.c.
	reachableAtMost = 45 * time.Second
	// neverConfirmed is how long before its birth an entry claims to have been confirmed, twice base_reachable_time;
	// see neigh_create there.
	neverConfirmed = time.Minute
	// soon is how long after a sign a neighbour counts as alive.
	soon = 2 * time.Minute
)

const haveAddress = unix.NUD_REACHABLE | unix.NUD_STALE | unix.NUD_DELAY | unix.NUD_PROBE

// lastSign is when a neighbour last gave a sign of itself, from the two ages that the kernel tells.
//
// The time of the last change alone would not do: an entry also changes when its proof grows old, and when we begin
// to send to it. What a question of theirs makes is a new entry that is "stale" from the first moment, and then the
// two ages differ by neverConfirmed; between a proof and the moment when that has grown old there are never more than
// reachableAtMost. A further question of theirs does not change an entry that is stale already: the kernel answers and
// notes nothing. What it receives tells of those; see Traffic.
//
// sought says that they asked for us, and that we have not asked for them.
func lastSign(state uint16, now time.Time, confirmed, updated time.Duration) (sign time.Time, sought bool) {
	gap := confirmed - updated
	switch {
	case state&haveAddress == 0:
		return time.Time{}, false
	case state&unix.NUD_STALE != 0 && gap > reachableAtMost+time.Second, // they asked for us
		gap > neverConfirmed-time.Second/2 && gap < neverConfirmed+time.Second/2: // and we answered them at once
		return now.Add(-updated), true
	}
	return now.Add(-confirmed), false
}

// judge puts the kernel's state into words. See NUD_* in linux/neighbour.h.
func (e *entry) judge(state uint16, now time.Time) {
	// What only tells our address to one that asks does not touch the entry; what is sent to it wakes it up.
	e.Answered = state&(unix.NUD_DELAY|unix.NUD_PROBE|unix.NUD_REACHABLE) != 0
	e.Failed = state&(unix.NUD_FAILED|unix.NUD_INCOMPLETE) != 0 && state&haveAddress == 0
	e.Alive = state&haveAddress != 0 && (state&unix.NUD_REACHABLE != 0 || now.Sub(e.Seen) < soon)
	if e.Failed {
		e.MAC = "" // one that is left over from before
	}
}
