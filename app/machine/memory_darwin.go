package machine

import "golang.org/x/sys/unix"

// memory asks for hw.memsize, as sysctl(3) has it.
func memory() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return int64(n)
}
