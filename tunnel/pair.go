package tunnel

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"modelbeam/tunnel/admission"
)

const (
	maxPairBody   = 4 << 10
	maxDeviceName = 80 // runes
)

// PairRequest is a device that shows a one-time code.
type PairRequest struct {
	Code      string
	Name      string // what the device calls itself; may be empty
	UserAgent string
	Remote    netip.Addr
	// Renew is the device whose key came along, which wants to stay the one it is, and Key is that
	// key. They are zero for a device that holds no valid one.
	Renew Device
	Key   string
}

// Paired is what a device gets for a right code.
type Paired struct {
	Key    string   // of PairRequest, when the device was renewed
	Device Device   // its Pass tells a guest of the limits
	URLs   []string // base addresses it can use, best first
}

// servePair answers POST /pair. A phone that holds a valid key sends it along and stays the device
// that it is.
func (g *Gateway) servePair(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	req, f := g.readPair(w, r)
	if f == nil {
		// Before the code is looked at: a code is short enough to guess.
		f = errTries(g.failures.codes.take(c.remote))
	}
	if f != nil {
		g.fail(w, r, f)
		return
	}
	paired, err := g.redeem(r, req)
	if err != nil {
		g.fail(w, r, g.pairFailure(err))
		return
	}
	g.failures.codes.giveBack(c.remote)
	admission.Admit(r.Context())
	g.calls.assign(c, paired.Device, g.calls.epoch())
	writeJSON(w, r, struct {
		Key    string   `json:"key"`
		Device Device   `json:"device"`
		Name   string   `json:"name"`
		URLs   []string `json:"urls"`
		Models []string `json:"models"`
		Guest  *guest   `json:"guest,omitempty"`
	}{
		paired.Key, paired.Device, g.Name, append([]string{}, paired.URLs...),
		g.models().listed(paired.Device.Pass), paired.Device.Pass.guest(),
	})
}

func (g *Gateway) readPair(w http.ResponseWriter, r *http.Request) (PairRequest, *failure) {
	var body struct {
		Code   string `json:"code"`
		Device struct {
			Name string `json:"name"`
		} `json:"device"`
	}
	c := callOf(r)
	if !c.upload.over() {
		// For all of it, since whoever sends it has no key. net/http takes it back at the end.
		_ = c.response.control.SetReadDeadline(time.Now().Add(g.timing.pair))
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, c.upload, maxPairBody))
	if err != nil || json.Unmarshal(content, &body) != nil || strings.TrimSpace(body.Code) == "" {
		return PairRequest{}, errPairBody
	}
	name := []rune(strings.TrimSpace(body.Device.Name))
	// A wrong key is no failed try: the phone shows what it has, and comes with a code because that
	// may not be good any more.
	device, key, _ := g.lookUp(c.keys)
	return PairRequest{
		Code: body.Code, Name: string(name[:min(len(name), maxDeviceName)]),
		UserAgent: r.UserAgent(), Remote: c.remote, Renew: device, Key: key,
	}, nil
}

func (g *Gateway) redeem(r *http.Request, req PairRequest) (Paired, error) {
	if g.Pair == nil {
		return Paired{}, ErrCodeWrong
	}
	return g.Pair(r.Context(), req)
}

func (g *Gateway) pairFailure(err error) *failure {
	switch {
	case errors.Is(err, ErrCodeWrong):
		return errCode
	case errors.Is(err, ErrCodeUsed):
		return errCodeUsed
	case errors.Is(err, ErrCodeExpired):
		return errCodeOld
	case errors.Is(err, ErrTooManyTries):
		return errTries(time.Minute)
	}
	g.log.Error("pair a device", "error", err)
	return errInternal
}

// listed returns the names that /v1/models has for a device with p.
func (c *catalog) listed(p *Pass) []string {
	names := make([]string, 0, len(c.entries))
	for _, e := range c.shown(p) {
		names = append(names, e.listed)
	}
	return names
}
