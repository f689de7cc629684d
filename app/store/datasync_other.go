//go:build !linux

package store

import "os"

// syncData is Sync: there is nothing that does less.
func syncData(f *os.File) error { return f.Sync() }
