package app

import (
	"log/slog"
	"net/netip"
	"os"
	"testing"

	"modelbeam/discovery/lan"
	"modelbeam/tunnel"
)

// at is a network with one address, such as 192.168.1.20/24.
func at(prefix string) lan.Survey {
	p := netip.MustParsePrefix(prefix)
	return lan.Survey{Candidates: []lan.Candidate{{Addr: p.Addr(), Prefix: p.Masked(), Interface: "wlan0"}}}
}

// home is a Controller on 192.168.1.20 with one phone, which has just been there.
func home(t *testing.T) (c *Controller, phone string) {
	t.Helper()
	c = newIdle(t)
	c.reach.Opened("[::]:8717")
	d, _, err := c.devices.Add("iPhone", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.move("192.168.1.20/24")
	c.visit(d.ID, "192.168.1.20")
	return c, d.ID
}

// newIdle is a Controller that does not run.
func newIdle(t *testing.T) *Controller {
	t.Helper()
	return New(Options{StateDir: t.TempDir(), NoMDNS: true}, slog.New(slog.DiscardHandler))
}

// flush writes the settings as Run does, and returns when that is done.
func (c *Controller) flush() { c.settingsWritten(c.settings.Flush()) }

// move gives the computer another address.
func (c *Controller) move(prefix string) {
	c.reach.Surveyed(at(prefix))
}

// visit is a request of a device to one of our addresses.
func (c *Controller) visit(device, address string) {
	x := tunnel.Exchange{Device: tunnel.Device{ID: device}, Local: netip.MustParseAddr(address)}
	c.observe(x)
	x.Ended = true
	c.observe(x)
}

func (c *Controller) problemKind() ProblemKind {
	if p := c.State().Problem; p != nil {
		return p.Kind
	}
	return ""
}

func TestAddressChanges(t *testing.T) {
	c, phone := home(t)
	if s := c.State(); s.Problem != nil || s.Devices[0].OldAddress != "" {
		t.Fatalf("before: %+v", s)
	}
	c.move("192.168.1.31/24")
	s := c.State()
	if s.Problem == nil || s.Problem.Kind != ProblemMoved || s.Problem.Params["New"] != "192.168.1.31" {
		t.Fatalf("after: %+v", s.Problem)
	}
	if s.Devices[0].OldAddress != "192.168.1.20" {
		t.Errorf("the phone knows us by %q", s.Devices[0].OldAddress)
	}
	c.visit(phone, "::1") // says nothing of the way that phones come
	if got := c.problemKind(); got != ProblemMoved {
		t.Errorf("the problem is %q", got)
	}
	c.visit(phone, "::ffff:192.168.1.31")
	if s := c.State(); s.Problem != nil || s.Devices[0].OldAddress != "" {
		t.Errorf("the phone found us, and still: %+v", s.Problem)
	}
}

func TestAddressIsRememberedOverARestart(t *testing.T) {
	c, _ := home(t)
	c.presence.saveSeen()
	again := New(c.opts, slog.New(slog.DiscardHandler))
	again.reach.Opened("[::]:8717")
	again.move("192.168.1.31/24")
	if got := again.problemKind(); got != ProblemMoved {
		t.Errorf("the problem is %q", got)
	}
}

func TestAnotherNetworkIsNoProblem(t *testing.T) {
	c, _ := home(t)
	c.presence.saveSeen()
	work := New(c.opts, slog.New(slog.DiscardHandler))
	work.reach.Opened("[::]:8717")
	work.move("10.1.2.3/16")
	if got := work.problemKind(); got != "" {
		t.Errorf("the problem is %q; those phones are at home", got)
	}
}

func TestBackAtTheOldAddress(t *testing.T) {
	c, _ := home(t)
	c.move("10.1.2.3/16")
	if got := c.problemKind(); got != ProblemMoved {
		t.Errorf("away: the problem is %q", got)
	}
	c.move("192.168.1.20/24")
	if got := c.problemKind(); got != "" {
		t.Errorf("back: the problem is %q", got)
	}
}

func TestAddressChangeIsSaidOnce(t *testing.T) {
	c, phone := home(t)
	c.move("192.168.1.31/24")
	c.Retry()
	c.visit(phone, "192.168.1.20") // a request of before comes to its end
	c.presence.checkMoved()
	if got := c.problemKind(); got != "" {
		t.Errorf("the person said OK, and still: %q", got)
	}
	c.move("192.168.1.32/24")
	if got := c.problemKind(); got != ProblemMoved {
		t.Errorf("a third address: %q", got)
	}
}

func TestRemovedPhoneIsNoReason(t *testing.T) {
	c, phone := home(t)
	c.move("192.168.1.31/24")
	if _, err := c.devices.Remove(phone); err != nil {
		t.Fatal(err)
	}
	c.presence.compare()
	if got := c.problemKind(); got != "" {
		t.Errorf("the only phone that knew the old address is gone, and still: %q", got)
	}
}

func TestNobodyThereNothingSaved(t *testing.T) {
	c, phone := home(t)
	c.presence.saveSeen()
	before, err := os.Stat(DevicesPath(c.opts.StateDir))
	if err != nil {
		t.Fatal(err)
	}
	c.presence.saveSeen()
	if after, err := os.Stat(DevicesPath(c.opts.StateDir)); err != nil || !os.SameFile(before, after) {
		t.Errorf("the list is written again though nobody came: %v", err)
	}
	c.visit(phone, "192.168.1.20")
	c.presence.saveSeen()
	if after, err := os.Stat(DevicesPath(c.opts.StateDir)); err != nil || os.SameFile(before, after) {
		t.Errorf("a visit is not written down: %v", err)
	}
}
