package e2e

import (
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// movedAddress is what the laptop gets from its router some day, in place of laptopAddress.
const movedAddress = "192.168.7.77"

// move gives the laptop another address, as a router does.
func (m *machine) move() {
	m.ns.IP("addr", "del", laptopAddress+"/24", "dev", "wlan0")
	m.ns.IP("addr", "add", movedAddress+"/24", "dev", "wlan0")
}

// TestAddressChange gives the laptop another address while a phone that resolves names of the
// home network has the page open. The window says so; the page finds its way back by itself, is
// still the same one, and can chat; then the window is content again.
//
// Chromium remembers for a minute where a name led (net/dns/host_resolver_manager.cc,
// kCacheEntryTTLSeconds), so the way back may take as long here, where all of this happens within
// seconds.
func TestAddressChange(t *testing.T) {
	t.Parallel() // it waits for that minute
	netnstest.Require(t, "avahi-daemon", "dbus-daemon", "nsenter")
	laptop, phone := newHome(t)
	netnstest.StartAvahi(t, phone.ns)
	w := openWindow(t, laptop, "--no-scan", "--demo", "on")
	p := openPhone(t, phone.besideAvahi(t))
	p.follow(w.screen.awaitQR(t))
	p.awaitText("Connected")
	w.awaitEvent(t, "state", "the phone is listed", func(e event) bool { return len(e.Devices) == 1 })
	evaluate[bool](p, `window.untouched = true`)
	p.ask("What can you do?", p.models()[0])
	p.awaitAnswerEnd()

	laptop.move()
	told := w.awaitEvent(t, "problem", "the address has changed", func(e event) bool { return e.Kind == "address-changed" })
	if told.Params["Old"] != laptopAddress || told.Params["New"] != movedAddress || told.Title == "" || told.Advice == "" {
		t.Errorf("the person is told %+v", told)
	}
	if text := w.screen.awaitQRWith(t, movedAddress); !strings.HasPrefix(text, "http://"+movedAddress+":") {
		t.Errorf("the code on the screen says %q", text)
	}
	keepAs(t, "window-address-changed", w.screen.capture(t, "Modelbeam"))
	asked := time.Now()
	p.ask("And now?", p.models()[0])
	await.TrueWithin(t, 2*patience, "the answer comes another way", func() bool {
		return evaluate[int](p, `document.querySelectorAll("#log .answer .text").length`) == 2 && p.answer() != ""
	})
	p.awaitAnswerEnd()
	t.Logf("the page had found the laptop, and the answer, %s after it was asked", time.Since(asked).Round(time.Millisecond))
	if got := evaluate[int](p, `document.querySelectorAll("#log .answer .text").length`); got != 2 {
		t.Errorf("the page has %d answers; it says:\n%s", got, p.text())
	}
	if !evaluate[bool](p, `window.untouched === true`) {
		t.Error("the page was loaded anew")
	}
	w.awaitEvent(t, "state", "the phone has come back and all is well", func(e event) bool {
		return len(e.Devices) == 1 && e.Devices[0].OldAddress == "" && e.Problem == nil && strings.Contains(strings.Join(e.URLs, " "), movedAddress)
	})
}

// TestAddressChangeWithoutNames is the same for a phone that resolves no such names: the page says
// what to do, and the window goes on saying that this phone knows the old address only.
func TestAddressChangeWithoutNames(t *testing.T) {
	laptop, phone := newHome(t)
	b := start(t, "beam", laptop.command(beamCommand(t).Path, "--json", "--state", t.TempDir(), "--no-scan", "--demo", "on"))
	ready := b.awaitEvent(t, "ready", "the gateway is open", anything)
	p := openPhone(t, phone)
	p.open(ready.PairURL)
	p.awaitText("Connected")

	laptop.move()
	b.awaitEvent(t, "problem", "the address has changed", func(e event) bool { return e.Kind == "address-changed" })
	b.awaitEvent(t, "state", "the phone knows the old address", func(e event) bool {
		return len(e.Devices) == 1 && e.Devices[0].OldAddress == laptopAddress
	})
	p.awaitText("The laptop does not answer")
	p.awaitText("scan")
	next := b.awaitEvent(t, "state", "there is a code for the new address", func(e event) bool {
		return strings.HasPrefix(e.Pairing.URL, "http://"+movedAddress+":")
	})
	p.open(next.Pairing.URL)
	p.awaitText("Connected")
}
