//go:build !windows

package programs

const suffix = ""
