package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/homelab"
)

// healthyVariable says for how many minutes TestHealthyHome goes on: 30 show that nothing is said that comes with time,
// such as codes that end.
const healthyVariable = "HEALTHY_MINUTES"

// TestHealthyHome has people live with Modelbeam, on a network with nothing wrong: phones come and go, chat, and come
// back with other addresses. Nobody is ever told of anything.
func TestHealthyHome(t *testing.T) {
	homelab.Require(t)
	l := &lab{Home: homelab.New(t), t: t, args: []string{"--demo", "on"}}
	l.TV.Announce()
	l.containers()
	l.share()
	minutes, _ := strconv.Atoi(os.Getenv(healthyVariable)) // 0 where it is not set
	until := time.Now().Add(time.Duration(minutes) * time.Minute)
	at := homelab.PhoneAddress
	for round := 1; round <= 3 || time.Now().Before(until); round++ {
		at = l.day(round, at)
		if minutes > 0 {
			time.Sleep(20 * time.Second) // people do something else for a while
		}
	}
	if l.running() && !t.Failed() {
		t.Logf("%d events, none of them a problem", len(l.events(t)))
	}
}

// day is what happens in a round: a phone pairs, or scans again, chats, goes out and comes back; another one is used
// too. at is the phone's address; it returns the one that it has then.
func (l *lab) day(round int, at string) string {
	l.t.Helper()
	phone, tablet := l.pairs(l.Phone, "phone"), l.pairs(l.Tablet, "tablet")
	l.chats(phone)
	l.Phone.IP("link set wlan0 down")
	l.chats(tablet)
	l.well("one is out")
	l.Phone.IP("link set wlan0 up")
	next := fmt.Sprintf("192.168.7.%d", 100+round%100)
	l.Phone.Renumber(at, next, homelab.RouterAddress)
	l.Phone.AwaitLinks("wlan0")
	l.chats(phone)
	l.well("all are in")
	return next
}

// well checks that nobody is told of anything, and that the doctor finds nothing.
func (l *lab) well(when string) {
	l.t.Helper()
	if got := l.doctor(""); got.Cause != "fine" {
		l.t.Errorf("while %s the doctor says %s: %s\n%s", when, got.Cause, got.Title, got.Report)
	}
	for _, e := range l.events(l.t) {
		if e.Event == "problem" || e.Problem != nil {
			l.t.Fatalf("while %s there was %+v %+v", when, e, e.Problem)
		}
	}
}

// TestDoctorCosts measures. The times are of the machine at hand, and prove nothing elsewhere.
func TestDoctorCosts(t *testing.T) {
	homelab.Require(t)
	l := &lab{Home: homelab.New(t), t: t, args: []string{"--demo", "on"}}
	l.TV.Announce()
	l.share()
	l.chats(l.pairs(l.Phone, "phone"))
	l.doctor("") // what is needed once
	const times = 3
	before, began := l.processorTime(t), time.Now()
	for range times {
		l.doctor("unreachable")
	}
	full, spent := time.Since(began)/times, (l.processorTime(t)-before)/times
	t.Logf("a full check takes %s with the start of the command, and %s of the service's processor time", full.Round(time.Millisecond), spent)
	before = l.processorTime(t)
	time.Sleep(time.Second) // what is measured, not waited for
	t.Logf("asleep, with a code shown, the service takes %s in a second", l.processorTime(t)-before)
}

// TestDoctorIsInterrupted while it looks: then it says nothing, above all not that there is no Modelbeam.
func TestDoctorIsInterrupted(t *testing.T) {
	homelab.Require(t)
	l := &lab{Home: homelab.New(t), t: t, args: []string{"--demo", "on"}}
	l.share()
	cmd := l.command(l.Laptop, l.program(), "doctor", "--state", l.state)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // a look takes a second; sooner or later does as well
	_ = cmd.Process.Signal(os.Interrupt)
	err := cmd.Wait()
	if text := said.String(); text != "" && !strings.Contains(text, "keeps phones out") {
		t.Errorf("%v: %s", err, text)
	}
}
