package tunnel

import "net/http"

// ofAnotherPage reports whether a web page of another origin asks. Browsers say so in Origin, which is
// "null" for a page without one, with every request whose answer such a page could read
// (https://fetch.spec.whatwg.org/#origin-header); where the address is a trustworthy one also in
// Sec-Fetch-Site, which is for same-site pages of other ports too. It has to look before the cors step
// does, which fills in an Origin.
func ofAnotherPage(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		return true
	}
	origin, said := r.Header["Origin"]
	return said && !(len(origin) == 1 && sameOrigin(r, origin[0]))
}
