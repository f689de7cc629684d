//go:build !windows

package main

import "os"

// followsEscapes reports whether a terminal follows the codes of ECMA-48, as all have done for decades.
func followsEscapes(*os.File) bool { return true }
