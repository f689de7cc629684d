package update

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"aead.dev/minisign"
	"golang.org/x/mod/semver"
)

// List is what a release publishes about itself.
type List struct {
	Version string          `json:"version"` // as 1.2.3
	Expires time.Time       `json:"expires"` // from then on nobody believes it
	Files   map[string]File `json:"files"`   // by channel and architecture: see fileKey
}

// File is something to download, beside the list.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// fileKey is the key of a channel's file in List.Files, for a processor as Go calls it.
func fileKey(channel, arch string) string { return channel + "-" + arch }

// commentOf is what the signature of a version's list says besides: it is signed too, so that the list of one
// version cannot be passed off as that of another.
func commentOf(version string) string { return "modelbeam releases " + version }

// maxFile bounds what a list may promise, in bytes.
const maxFile = 1 << 30

// read checks a list and its signature, and returns it. The error says what is wrong with it: nothing in it may be
// believed then.
func read(keys []minisign.PublicKey, list, signature []byte, now time.Time) (List, error) {
	var s minisign.Signature
	if err := s.UnmarshalText(signature); err != nil {
		return List{}, fmt.Errorf("the signature cannot be read: %w", err)
	}
	if !signedByOne(keys, s.KeyID, list, signature) {
		return List{}, errors.New("it is not signed by a key of ours")
	}
	var l List
	if err := json.Unmarshal(list, &l); err != nil {
		return List{}, fmt.Errorf("it is signed, and makes no sense: %w", err)
	}
	switch {
	case !semver.IsValid("v" + l.Version):
		return List{}, fmt.Errorf("%q is no version", l.Version)
	case s.TrustedComment != commentOf(l.Version):
		return List{}, fmt.Errorf("it is of version %s, and signed as %q", l.Version, s.TrustedComment)
	case !now.Before(l.Expires):
		return List{}, fmt.Errorf("it was good until %s", l.Expires.Format(time.DateOnly))
	}
	for name, f := range l.Files {
		if err := f.check(); err != nil {
			return List{}, fmt.Errorf("file %s: %w", name, err)
		}
	}
	return l, nil
}

func signedByOne(keys []minisign.PublicKey, id uint64, list, signature []byte) bool {
	for _, key := range keys {
		if key.ID() == id && minisign.Verify(key, list, signature) {
			return true
		}
	}
	return false
}

// check refuses what could lead out of the folder that the list is in, or fill the disk.
func (f File) check() error {
	switch {
	case f.Name == "" || f.Name != path.Base(f.Name) || strings.ContainsAny(f.Name, `\:?#%`) || strings.HasPrefix(f.Name, "."):
		return fmt.Errorf("%q is no name of a file", f.Name)
	case f.Size <= 0 || f.Size > maxFile:
		return fmt.Errorf("%d bytes is no size", f.Size)
	case len(f.SHA256) != 64:
		return fmt.Errorf("%q is no SHA-256", f.SHA256)
	}
	return nil
}

// newer reports whether version a is newer than b. What stands behind a minus comes before what has none.
func newer(a, b string) bool { return semver.Compare("v"+a, "v"+b) > 0 }
