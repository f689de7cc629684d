package devices

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Prove answers a phone that wants to know whether this is its laptop, before it shows its key. mac
// is the HMAC-SHA256 of question under the hash of the phone's key, which only that phone and we
// can make; the result is that of answer, and nil when no device made mac. Devices that were
// removed lately count too: their phones shall believe us that they were.
//
// It takes the same time whoever asks, and never lets a hash out.
func (s *Store) Prove(question, mac, answer []byte) []byte {
	var proof []byte
	for _, h := range s.hashes() {
		key, err := hex.DecodeString(h)
		if err != nil || len(key) != sha256.Size {
			continue // nobody's: a hand has been in the file
		}
		if made := sign(key, answer); hmac.Equal(sign(key, question), mac) {
			proof = made
		}
	}
	return proof
}

// hashes are those of all keys that are good, or were.
func (s *Store) hashes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outdated() {
		s.reload() // what is wrong is reported by Watch, to somebody who can tell the person
	}
	var all []string
	for _, d := range s.devices {
		all = append(all, d.Hash)
	}
	_ = s.removed.renew() // nobody needs it to go on
	for _, r := range s.removed.list {
		if !r.old() {
			all = append(all, r.Hash)
		}
	}
	return all
}

func sign(key, message []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}
