package app

import (
	"testing"

	"modelbeam/discovery/lan"
)

func TestWhyOffline(t *testing.T) {
	said := make(map[string]lan.Reason)
	for why := lan.NoNetwork; why <= lan.InWSL; why++ {
		p := offline(why)
		if other, twice := said[p.Title]; twice || p.Kind != ProblemOffline || p.Advice == "" {
			t.Errorf("reason %d is told as %+v, as is %d", why, p, other)
		}
		said[p.Title] = why
	}
}

// TestAddressIsGone listens on one address that this machine does not have.
func TestAddressIsGone(t *testing.T) {
	c := newIdle(t)
	c.reach.Opened("192.0.2.77:8717")
	c.move("192.168.7.77/24")
	s := c.State()
	if s.Phase != Offline || s.Problem == nil || s.Problem.Kind != ProblemAddressGone || s.Problem.Params["New"] != "192.168.7.77" {
		t.Errorf("phase %s, told %+v", s.Phase, s.Problem)
	}
	c.reach.Opened("127.0.0.1:8717")
	if s := c.State(); s.Problem != nil {
		t.Errorf("back again, and told %+v", s.Problem)
	}
}
