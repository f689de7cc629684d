package devices

import (
	"crypto/rand"
	"crypto/sha256"
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

// hash needs no salt and no slow function: a key is 128 random bits, not a password.
func hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
