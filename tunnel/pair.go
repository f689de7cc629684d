package tunnel

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"modelbeam/tunnel/admission"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/fault"
)

const (
	pairPath     = "/pair"
	handoverPath = "/handover"
	redeemPath   = "/handover/redeem"

	maxPairBody   = 4 << 10
	maxDeviceName = 80 // runes
)

// What Gateway.Pair returns when a code does not open the door.
var (
	ErrCodeWrong    = errors.New("code is wrong")
	ErrCodeUsed     = errors.New("code was used already")
	ErrCodeExpired  = errors.New("code is too old or was taken back")
	ErrTooManyTries = errors.New("too many tries")
)

// PairRequest is a device that shows a one-time code.
type PairRequest struct {
	Code string
	Name string // what the device calls itself; may be empty
	// Renew is the device whose key came along and which is to stay that device, and Key is that key.
	// They are zero for a device that holds no valid key.
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
		f = fault.TooManyTries(g.failures.codes.Take(c.remote))
	}
	if f != nil {
		fail(w, r, f)
		return
	}
	paired, err := Paired{}, ErrCodeWrong // nobody can pair
	if g.Pair != nil {
		paired, err = g.Pair(r.Context(), req)
	}
	if err != nil {
		f := pairFailure(err)
		if f == fault.Internal {
			g.log.Error("pair a device", "error", err)
		}
		fail(w, r, f)
		return
	}
	g.failures.codes.GiveBack(c.remote)
	admission.Admit(r.Context())
	g.calls.assign(c, paired.Device, g.calls.epoch())
	g.note(c, contact.Paired, "")
	writeJSON(w, r, struct {
		Key    string         `json:"key"`
		Device Device         `json:"device"`
		Name   string         `json:"name"`
		URLs   []string       `json:"urls"`
		Models []string       `json:"models"`
		Guest  *catalog.Terms `json:"guest,omitempty"`
	}{
		paired.Key, paired.Device, g.Name, append([]string{}, paired.URLs...),
		g.chooser.models().Names(paired.Device.Pass), paired.Device.Pass.Terms(),
	})
}

// handoversAMinute is how often a device may ask for one: its page does so each time that somebody begins to make an
// icon.
const handoversAMinute = 6

// serveHandover answers POST /handover: a code for the icon that this phone is about to get on its home screen. A
// guest gets none, since the pass is for a visit.
func (g *Gateway) serveHandover(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	device, key, ok := lookUp(g.Keys, c.keys)
	switch {
	case !g.failures.handovers.Take(c.device.ID):
		fail(w, r, fault.TooManyTries(time.Minute))
		return
	case c.device.Pass != nil:
		fail(w, r, fault.NoIcon)
		return
	case !ok || g.HandOver == nil:
		fail(w, r, fault.Internal)
		return
	}
	code, until, err := g.HandOver(device, key)
	if err != nil {
		g.log.Error("make a hand-over", "error", err)
		fail(w, r, fault.Internal)
		return
	}
	writeJSON(w, r, struct {
		Code  string    `json:"code"`
		Until time.Time `json:"until"`
	}{code, until})
}

// serveRedeem answers POST /handover/redeem: the icon shows its code when it is opened first, and gets the key of the
// phone that made it. Wrong codes count as those for pairing do.
func (g *Gateway) serveRedeem(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	req, f := g.readPair(w, r)
	if f == nil {
		f = fault.TooManyTries(g.failures.codes.Take(c.remote))
	}
	if f != nil {
		fail(w, r, f)
		return
	}
	paired, err := Paired{}, ErrCodeExpired
	if g.Redeem != nil {
		paired, err = g.Redeem(req.Code)
	}
	switch {
	case errors.Is(err, ErrCodeUsed):
		fail(w, r, fault.IconUsed)
		return
	case err != nil:
		fail(w, r, fault.IconExpired)
		return
	}
	g.failures.codes.GiveBack(c.remote)
	admission.Admit(r.Context())
	g.calls.assign(c, paired.Device, g.calls.epoch())
	writeJSON(w, r, struct {
		Key    string   `json:"key"`
		Device Device   `json:"device"`
		Name   string   `json:"name"`
		URLs   []string `json:"urls"`
	}{paired.Key, paired.Device, g.Name, append([]string{}, paired.URLs...)})
}

func (g *Gateway) readPair(w http.ResponseWriter, r *http.Request) (PairRequest, *fault.Failure) {
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
		return PairRequest{}, fault.NoPairing
	}
	name := []rune(strings.TrimSpace(body.Device.Name))
	// A wrong key is no failed try: the phone shows what it has, and comes with a code because that
	// may not be good any more.
	device, key, _ := lookUp(g.Keys, c.keys)
	return PairRequest{
		Code: body.Code, Name: string(name[:min(len(name), maxDeviceName)]),
		Renew: device, Key: key,
	}, nil
}

func pairFailure(err error) *fault.Failure {
	switch {
	case errors.Is(err, ErrCodeWrong):
		return fault.CodeWrong
	case errors.Is(err, ErrCodeUsed):
		return fault.CodeUsed
	case errors.Is(err, ErrCodeExpired):
		return fault.CodeExpired
	case errors.Is(err, ErrTooManyTries):
		return fault.TooManyTries(time.Minute)
	}
	return fault.Internal
}
