//go:build !windows

package programs

// ForgetOld deletes what setup.exe has renamed. Other systems replace programs that run.
func ForgetOld() {}
