// Package systembus asks the services of a Linux over the message bus that all of them share, D-Bus, and waits no longer
// than its caller wants to.
package systembus
