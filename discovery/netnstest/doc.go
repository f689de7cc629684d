// Package netnstest gives tests a network of their own: Linux network namespaces joined by
// virtual cables, each with its own avahi if wanted. Nothing that such a test sends leaves the
// machine, and nothing of the machine's own network reaches the test. Making namespaces takes
// root; see ip-netns(8), veth(4) and avahi-daemon(8).
//
// It is imported by tests only.
package netnstest
