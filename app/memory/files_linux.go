package memory

import (
	"bytes"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// unmapFiles lets go of the pages of the program and its libraries: most of those that are in memory only the start
// needed. They are the files', unchanged, and stay in the system's cache; what is used again comes from there, a few
// microseconds for 64 KiB. But while code is mapped, the system holds on to it longer than to anything else that it
// has read, and here that is what the models are read into.
//
// Only what nobody can write and what has no page of its own is let go of: the rest is not the file's any more, as
// what the loader has changed (madvise(2), MADV_DONTNEED).
func unmapFiles() {
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	for _, m := range unchanged(text) {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED)
	}
}

// mapping is a part of the memory, from an address to another.
type mapping struct{ from, to uintptr }

// unchanged reads which parts of the memory are those of files, as they are there and for reading only, in a list as
// /proc/self/smaps is (proc_pid_smaps(5)).
func unchanged(smaps []byte) []mapping {
	var all []mapping
	var m mapping
	ofFile := false
	for line := range bytes.Lines(smaps) {
		fields := bytes.Fields(line)
		switch {
		case len(fields) >= 5 && !bytes.HasSuffix(fields[0], []byte(":")): // the head of one: addresses, rights, offset, device, inode, path
			rights := string(fields[1])
			ofFile = len(fields) > 5 && fields[5][0] == '/' && (rights == "r-xp" || rights == "r--p")
			if _, err := fmt.Sscanf(string(fields[0]), "%x-%x", &m.from, &m.to); err != nil {
				ofFile = false
			}
		case ofFile && string(fields[0]) == "Anonymous:" && string(fields[1]) == "0":
			all = append(all, m)
		}
	}
	return all
}
