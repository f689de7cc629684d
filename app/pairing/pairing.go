// Package pairing makes the one-time codes that turn a phone into a paired device.
package pairing

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"time"

	"modelbeam/app/devices"
)

// Life is how long a code can be used: time to find the phone and type, not more.
const Life = 3 * time.Minute

// codesRemembered is how long a code that is used or expired is still told from one that never was:
// "this code was used, take the new one" helps a person, "wrong code" does not.
const codesRemembered = 15 * time.Minute

var (
	// ErrWrong says that there was never such a code, as far as we remember.
	ErrWrong = errors.New("wrong pairing code")
	// ErrUsed says that somebody has used the code.
	ErrUsed = errors.New("pairing code used")
	// ErrExpired says that the code is too old, or was taken back.
	ErrExpired = errors.New("pairing code expired")
)

// Codes are the codes that have been handed out. The zero value has none. Its methods may be called from
// any goroutine.
type Codes struct {
	mu   sync.Mutex
	made map[string]*code // by its 8 characters
}

type code struct {
	pass    *devices.Pass
	expires time.Time
	used    bool
	revoked bool
}

// New makes a code that can be used once within Life, for a device with that pass, and returns
// it as shown: 7KQ2-M9XF. Codes made before stay good until they expire: a phone may be about
// to use one.
func (c *Codes) New(pass *devices.Pass) (shown string, expires time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget()
	if c.made == nil {
		c.made = make(map[string]*code)
	}
	text, expires := random(), time.Now().Add(Life)
	c.made[text] = &code{pass: pass, expires: expires}
	return text[:4] + "-" + text[4:], expires
}

// Use takes a code, as shown or as people type it, makes it unusable for anybody else and
// returns the pass that it was made for. The error is ErrWrong, ErrUsed or ErrExpired.
func (c *Codes) Use(typed string) (*devices.Pass, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	made, ok := c.made[normal(typed)]
	switch {
	case !ok:
		return nil, ErrWrong
	case made.used:
		return nil, ErrUsed
	case made.revoked || time.Now().After(made.expires):
		return nil, ErrExpired
	}
	made.used = true
	return made.pass, nil
}

// Revoke makes all codes unusable.
func (c *Codes) Revoke() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, code := range c.made {
		code.revoked = true
	}
}

func (c *Codes) forget() {
	for text, code := range c.made {
		if time.Since(code.expires) > codesRemembered {
			delete(c.made, text)
		}
	}
}

// alphabet is Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O and U,
// so that nobody mistakes one character for another.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// random returns 40 random bits as 8 characters. They are enough: a code lives three minutes
// and the gateway lets an address guess ten times a minute.
func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	for i := range b {
		b[i] = alphabet[b[i]%32]
	}
	return string(b[:])
}

var forgiven = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1")

// normal undoes what people do when they type a code.
func normal(typed string) string {
	return forgiven.Replace(strings.ToUpper(typed))
}
