// Package homelab builds a home for a test: a router, a laptop, two phones and a television on one
// network, and an internet behind it, each a network namespace, joined by virtual cables. What goes wrong
// in homes goes wrong there for real: firewalls drop, access points keep devices apart, routers give out
// other addresses, VPNs take the traffic. Nothing of it leaves the machine, and nothing of the machine's
// own network reaches it. Making namespaces takes root; see ip-netns(8), bridge(8) and nft(8).
//
// It is imported by tests only.
package homelab
