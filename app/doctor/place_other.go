//go:build !darwin

package doctor

import "net/url"

// Place is where Windows has the settings that a button opens; nil where it opens none. Linux has no such button.
func (d Deed) Place() *url.URL {
	if d != DoNetworkSettings {
		return nil
	}
	return &url.URL{Scheme: "ms-settings", Opaque: "network-status"}
}
