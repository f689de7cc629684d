package limit

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var guesser = netip.MustParseAddr("192.168.1.77")

func TestTriesAtOnce(t *testing.T) {
	var l Addresses
	var allowed atomic.Int32
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if l.Take(guesser) == 0 {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	if allowed.Load() != PerMinute {
		t.Errorf("%d tries are let through, want %d", allowed.Load(), PerMinute)
	}
}

func TestLimitTellsHowLongToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Addresses
		for range PerMinute {
			if wait := l.Take(guesser); wait != 0 {
				t.Fatalf("refused for %s", wait)
			}
		}
		if wait := l.Take(guesser); wait != time.Minute {
			t.Errorf("at once: %s", wait)
		}
		time.Sleep(55 * time.Second)
		if wait := l.Take(guesser); wait != 5*time.Second {
			t.Errorf("after 55 s: %s", wait)
		}
		time.Sleep(5 * time.Second)
		if wait := l.Take(guesser); wait != 0 {
			t.Errorf("after a minute: %s", wait)
		}
	})
}

func TestTryThatDidNotFail(t *testing.T) {
	var l Addresses
	for range 10 * PerMinute {
		if l.Take(guesser) != 0 {
			t.Fatal("right codes are counted as wrong ones")
		}
		l.GiveBack(guesser)
	}
}

// TestGuesserInAHome has one device of an IPv6 network guess: the others have tries of their own.
func TestGuesserInAHome(t *testing.T) {
	var l Addresses
	guesser, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2%eth0")
	for range 10 * PerMinute {
		l.Take(guesser)
	}
	if l.Take(guesser) == 0 {
		t.Error("the guesser is not limited")
	}
	for range PerMinute {
		if wait := l.Take(other); wait != 0 {
			t.Fatalf("another device of the home must wait %s", wait)
		}
	}
	if l.Take(other) == 0 {
		t.Error("the other one is not limited")
	}
}

// TestGuesserWithManyAddresses takes a new address of the same network for every try.
func TestGuesserWithManyAddresses(t *testing.T) {
	for network, want := range map[string]int{"2001:db8::": networkShare * PerMinute, "10.0.0.0": 2000} {
		var l Addresses
		allowed := 0
		for a := netip.MustParseAddr(network); allowed < 2000 && l.Take(a) == 0; a = a.Next() {
			allowed++
		}
		if allowed != want {
			t.Errorf("%s: %d tries, want %d", network, allowed, want)
		}
	}
}

func TestLimitMemoryIsBounded(t *testing.T) {
	var l Addresses
	a := netip.MustParseAddr("10.0.0.0")
	for range 2 * maxAddresses {
		l.Take(a)
		a = a.Next()
	}
	if len(l.counts) > maxAddresses {
		t.Errorf("%d addresses are kept, want %d at most", len(l.counts), maxAddresses)
	}
}
