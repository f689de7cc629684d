//go:build !linux && !windows && !darwin

package llm

// newLookUp knows no process where we know no way to ask.
func newLookUp() lookUp { return func(int) (process, bool) { return process{}, false } }
