// Package systembus asks the services of a Linux by the message bus that all of them share, D-Bus, for no longer than
// its caller wants to wait.
package systembus
