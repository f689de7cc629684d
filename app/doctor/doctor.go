// Package doctor finds out why a phone cannot connect. Facts are what can be known without any rights on this
// computer: what came to the gateway's door, who else is on the network, what the firewalls say of themselves and
// what the phone's page saw. Diagnose turns them into one Diagnosis, and looks at nothing else, so that every
// verdict is a row in a test.
//
// # How it judges
//
// Each cause has a check, and the checks stand in an order: what is certain whatever the phone does (sharing is
// paused), then what a phone has shown by coming (it used an old code), then what can be read without it (a
// firewall's rule), and at last what follows from nobody having come. The first check that is sure decides. Where
// none is, the likely ones are left: one of them is named as likely, two are named with the question that decides
// between them.
//
// # The sign of a firewall
//
// A machine that wants to connect to an address on its own network must first ask whose it is (ARP, RFC 826), and the
// machine that answers remembers who asked. So a phone that this computer remembers, and from which nothing came in,
// was turned away here, by a firewall. A phone that it does not remember never got as far as this computer: it is
// on another network, or the Wi-Fi keeps its devices apart.
package doctor
