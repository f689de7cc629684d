package devices

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// keyPrefix lets people and secret scanners recognise a key. The gateway has the same in package keys, where
// it strips keys from requests: it imports nothing of the core.
const keyPrefix = "mb_"

// newKey returns 128 random bits in characters that are safe in URLs and in WebSocket
// sub-protocols (RFC 7230 tokens).
func newKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return keyPrefix + base64.RawURLEncoding.EncodeToString(b[:])
}

func newID() string {
	var b [4]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// sum is the hash of a key in hex, as the list has it. It needs no salt and no slow function: a key is 128
// random bits, not a password. Every request makes one, so it is no string, which would be on the heap.
type sum [2 * sha256.Size]byte

func sumOf(key string) (s sum) {
	binary := sha256.Sum256([]byte(key))
	hex.Encode(s[:], binary[:])
	return s
}

// is compares in constant time with a hash of the list.
func (s *sum) is(hash string) bool {
	var other sum
	return copy(other[:], hash) == len(hash) && subtle.ConstantTimeCompare(s[:], other[:]) == 1
}

func hash(key string) string {
	s := sumOf(key)
	return string(s[:])
}
