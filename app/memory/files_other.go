//go:build !linux

package memory

// unmapFiles does nothing: other systems have no word for it, or take more away than asked for.
func unmapFiles() {}
