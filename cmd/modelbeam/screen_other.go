//go:build !linux

package main

// hasScreen is true: a desktop is part of these systems.
func hasScreen() bool { return true }
