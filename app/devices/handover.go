package devices

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"time"
)

// An icon on a phone's home screen may not see what the browser keeps: on iOS it has a storage of its own. So
// the browser asks for a hand-over: a code that stands in the address which the icon keeps. The icon shows it
// when it is opened first, and gets the key of the same device.
//
// The code is 128 random bits. Of it the list has a hash to know it by, and the key, sealed with another hash
// of it: who reads the list learns neither. It is good once, for as long as the device is in the list and it
// has not become too old.
const (
	handoverKnown = "modelbeam handover 1, known by\n"
	handoverSeal  = "modelbeam handover 1, sealed with\n"
)

// mostHandovers is how many a device has: of the last times that its person began to make an icon.
const mostHandovers = 3

// What Redeem returns for a code that is not good.
var (
	ErrHandoverUsed = errors.New("hand-over was used already")
	ErrHandoverOver = errors.New("hand-over is too old, or was taken back")
)

// Handover is what is kept of a code.
type Handover struct {
	Hash   string    `json:"hash"`             // hex
	Sealed string    `json:"sealed,omitempty"` // base64 of the key, sealed; empty once it was used
	Until  time.Time `json:"until"`
}

// HandOver makes a code for the device of that ID, which holds key, and returns it for the only time. The last
// three of a device are good, each for so long.
func (s *Store) HandOver(id, key string, life time.Duration) (code string, until time.Time, err error) {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	code = base64.RawURLEncoding.EncodeToString(b[:])
	made := Handover{
		Hash:   handoverHash(code),
		Sealed: base64.StdEncoding.EncodeToString(sealing(code).Seal(nil, noNonce, []byte(key), []byte(id))),
		Until:  time.Now().Add(life).UTC().Truncate(time.Second),
	}
	_, err = s.alter(id, func(d *Device) {
		kept := d.Handovers[max(0, len(d.Handovers)-mostHandovers+1):]
		d.Handovers = append(slices.Clone(kept), made)
	})
	return code, made.Until, err
}

// Redeem returns the device that a code hands over, and its key. A code that was good is used then, also where
// that cannot be saved: the error tells why not, beside the device.
func (s *Store) Redeem(code string) (Device, string, error) {
	known := handoverHash(code)
	sealed, _, err := handover(s.newest().devices, known)
	if err != nil {
		return Device{}, "", err
	}
	d, err := s.edit(func(list []Device) ([]Device, Device, error) { return redeemed(list, known) })
	if d.ID == "" {
		return Device{}, "", err // somebody was faster
	}
	text, broken := base64.StdEncoding.DecodeString(sealed)
	key, wrong := sealing(code).Open(nil, noNonce, text, []byte(d.ID))
	if broken != nil || wrong != nil || hash(string(key)) != d.Hash {
		return Device{}, "", ErrHandoverOver // a hand has been in the file
	}
	return d, string(key), err
}

// redeemed is list with the hand-over of that hash used.
func redeemed(list []Device, hash string) ([]Device, Device, error) {
	_, at, err := handover(list, hash)
	if err != nil {
		return nil, Device{}, err
	}
	d := list[at.device]
	d.Handovers = slices.Clone(d.Handovers)
	d.Handovers[at.handover].Sealed = ""
	list = slices.Clone(list)
	list[at.device] = d
	return list, d, nil
}

// place is where a hand-over is in a list.
type place struct{ device, handover int }

// handover finds the one of that hash, and says why it is not good.
func handover(list []Device, hash string) (sealed string, at place, err error) {
	at, ok := findHandover(list, hash)
	if !ok {
		return "", at, ErrHandoverOver
	}
	switch h := list[at.device].Handovers[at.handover]; {
	case time.Now().After(h.Until):
		return "", at, ErrHandoverOver
	case h.Sealed == "":
		return "", at, ErrHandoverUsed
	default:
		return h.Sealed, at, nil
	}
}

// findHandover compares with every hand-over in constant time, whether found or not.
func findHandover(list []Device, hash string) (at place, ok bool) {
	for i, d := range list {
		for j, h := range d.Handovers {
			if subtle.ConstantTimeCompare([]byte(h.Hash), []byte(hash)) == 1 {
				at, ok = place{i, j}, true
			}
		}
	}
	return at, ok
}

func handoverHash(code string) string {
	sum := sha256.Sum256([]byte(handoverKnown + code))
	return hex.EncodeToString(sum[:])
}

// noNonce is as good as any: each code seals once.
var noNonce = make([]byte, 12)

func sealing(code string) cipher.AEAD {
	secret := sha256.Sum256([]byte(handoverSeal + code))
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		panic(err) // the length is right
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the right block size
	}
	return seal
}
