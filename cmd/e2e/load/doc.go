// Package load is traffic for measuring: a server of LLMs and those who ask it, both as cheap as they
// can be in Go, because they share a machine with what is measured. They speak HTTP/1.1 by hand, without
// net/http. Every answer is checked whole: its pieces are counted, and so is the mark at its end.
//
// It is imported by tests only.
package load
