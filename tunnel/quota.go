package tunnel

import (
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/limit"
)

// refundsAMinute bounds how often a device is given back what the laptop failed. Each time is written to
// the disk twice: a guest who goes on asking a server that is not running uses the pass up after that.
const refundsAMinute = 20

// What is counted, and when, so that a guest can neither get more than the pass says nor lose what came to
// nothing:
//
//	check     before the body is read: a place is reserved in memory for each request that could still be
//	          taken off, so that a thousand uploads at once do not all wait for the one that is left
//	charge    when it is certain that the request goes to a server: in a file, before the server gets any
//	          of it, so that it stays counted whatever happens to this process
//	settle    after the answer: given back if the laptop is to blame that nothing came

// quota counts what guests may ask for. Which models they may use is not its business: package catalog finds
// no others for them, see Pass.Allows.
type quota struct {
	spend   func(deviceID string, n int) bool // Gateway.Spend, may be nil
	refund  func(deviceID string, n int)      // Gateway.Refund, may be nil
	calls   *registry
	laptop  fault.Laptop
	refunds limit.Devices
}

// ticket is what was taken off a device's pass for one request.
type ticket struct {
	quota  *quota
	device string
	n      int // 0: nothing
}

// check says why nothing that q could ask for will be forwarded, from the head alone: what is refused
// anyway shall cost no reading, no disk and no edit of the list of devices. It returns nil when it may.
func (s *quota) check(c *call, q *asked) *fault.Failure {
	switch pass := q.device.Pass; {
	case pass == nil:
		return nil
	case q.route.webSocket && (len(pass.Models) > 0 || pass.Requests > 0):
		// Its messages could name other models, as "session.update" does, and each asks for an answer.
		return s.laptop.LiveNotAllowed()
	case q.counts() && !s.calls.reserve(c, pass.Left()):
		return s.laptop.PassUsedUp() // or as good as: as many are on their way as are left
	}
	return nil
}

// charge takes q, which is about to go to a server, off its device's pass. It may wait for the disk.
func (s *quota) charge(c *call, q *asked) (ticket, *fault.Failure) {
	if !q.counts() {
		return ticket{}, nil
	}
	s.calls.release(c)
	n, left := q.cost(), q.device.Pass.Left()
	switch {
	case n > max(left, 1):
		return ticket{}, s.laptop.PassTooSmall(n, left)
	case s.spend != nil && !s.spend(q.device.ID, n), s.spend == nil && n > left:
		return ticket{}, s.laptop.PassUsedUp()
	}
	return ticket{s, q.device.ID, n}, nil
}

// settle puts on the pass again what was taken off it, when the laptop has failed: nothing came of the
// request, and its guest is not to blame.
func (t ticket) settle(failed bool) {
	if failed && t.n > 0 && t.quota.refund != nil && t.quota.refunds.Take(t.device) {
		t.quota.refund(t.device, t.n)
	}
}

// counts reports whether q is taken off a guest's requests.
func (q *asked) counts() bool {
	p := q.device.Pass
	return p != nil && p.Requests > 0 && !q.route.free
}

// cost is how many requests q counts as: one for every text and every answer that it asks for. A list
// of documents that are put in an order, and the messages of one conversation, are one text.
func (q *asked) cost() int {
	f := q.body.Fields
	texts := f.Prompts
	if !q.route.generates {
		texts = max(texts, f.Inputs)
	}
	return max(texts, 1) * max(f.Answers, 1)
}
