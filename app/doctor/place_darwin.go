package doctor

import "net/url"

// Place is where macOS has the settings that a button opens; nil where it opens none.
func (d Deed) Place() *url.URL {
	page, ok := map[Deed]string{
		DoPrivacySettings: "com.apple.preference.security?Privacy_LocalNetwork",
		DoFirewall:        "com.apple.preference.security?Firewall",
		DoNetworkSettings: "com.apple.preference.network",
	}[d]
	if !ok {
		return nil
	}
	return &url.URL{Scheme: "x-apple.systempreferences", Opaque: page}
}
