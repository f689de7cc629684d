// Package update tells of new versions, and puts them in place of this one, where the person wants that. It asks
// for one signed list, once a week, and says nothing about anybody: the request is all that is sent.
//
// A list is trusted for its minisign signature alone, by one of the keys that the program was built with, and not
// for where it came from. What a build does not say at its build time it does not do: without an address or a key
// it never asks anybody anything. The pattern is that of The Update Framework in small: the signature binds
// the version, a list has an end, and files are named by their size and SHA-256.
package update

import (
	"fmt"
	"strings"

	"aead.dev/minisign"
)

// What a release is built with: -ldflags "-X modelbeam/app/update.Address=https://...".
var (
	// Address is the URL of the list. Its signature is beside it, with .minisig behind its name, and so are
	// the files that it names.
	Address string
	// Keys are the public keys of minisign that may sign a list, with blanks between: the one that is used, and
	// one that is kept offline in case that is lost.
	Keys string
	// Channel is how this program came here: "windows", "macos" and "appimage" can be replaced by us. What came
	// from a package manager is replaced by that: there a new version is only told.
	Channel string
	// Page is where people get new versions themselves.
	Page string
)

// Source is where new versions come from. The zero Source has none.
type Source struct {
	Address string
	Keys    []minisign.PublicKey
	Page    string
}

// Built is the Source that this program was built with. It has an error, and no address, when what it was built
// with makes no sense.
func Built() (Source, error) {
	if Address == "" || Keys == "" {
		return Source{}, nil
	}
	s := Source{Address: Address, Page: Page}
	for text := range strings.FieldsSeq(Keys) {
		var key minisign.PublicKey
		if err := key.UnmarshalText([]byte(text)); err != nil {
			return Source{}, fmt.Errorf("built with a key that is none: %w", err)
		}
		s.Keys = append(s.Keys, key)
	}
	return s, nil
}
