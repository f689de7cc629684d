package devices

import (
	"errors"
	"slices"
)

var (
	errNoLimit   = errors.New("no number of requests")
	errUnchanged = errors.New("nothing to change")
)

// Spend takes n requests off the pass of the device of that ID, in the files before it returns, so that no
// end of this process gives them back; a power cut may, those of the last seconds. Those who spend at the
// same time share one write. It reports false when
// there are not so many left, and writes nothing then.
func (s *Store) Spend(id string, n int) (ok bool, err error) {
	e := counting(id, func(p *Pass) bool {
		p.Used += n
		return p.Used <= p.Requests
	})
	if s.apply(e) == nil {
		s.written(e)
	}
	switch {
	case errors.Is(e.refused, errNoLimit):
		return true, nil
	case errors.Is(e.refused, errUnchanged):
		return false, nil
	case e.refused != nil:
		return false, e.refused
	}
	return true, e.unsaved
}

// Refund puts n requests back that Spend took off the pass of the device of that ID. It does not wait for
// the disk: what a crash loses of it is not given back.
func (s *Store) Refund(id string, n int) error {
	err := s.apply(counting(id, func(p *Pass) bool {
		before := p.Used
		p.Used = max(0, before-n)
		return p.Used != before
	}))
	if errors.Is(err, errNoLimit) || errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// counting applies count to the pass of a device, where it reports true. It is refused with errUnchanged
// where it does not, and with errNoLimit for a device that may make any number of requests.
func counting(id string, count func(*Pass) bool) *edit {
	return &edit{counts: true, change: func(list []Device) ([]Device, Device, error) {
		i, err := find(list, id)
		if err != nil {
			return nil, Device{}, err
		}
		if list[i].Pass == nil || list[i].Pass.Requests == 0 {
			return nil, Device{}, errNoLimit
		}
		pass := *list[i].Pass // what was handed out must not change
		if !count(&pass) {
			return nil, Device{}, errUnchanged
		}
		list = slices.Clone(list)
		list[i].Pass = &pass
		return list, list[i], nil
	}}
}
