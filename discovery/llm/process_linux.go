package llm

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// findOwners fills in the processes of sockets, which on Linux takes a walk through the open files
// of all processes: milliseconds, so only for sockets that are new. Those of other users stay
// unknown unless we are root. See proc_pid_fd(5).
func findOwners(sockets []socket) {
	// The links are named so by the kernel, with the same number that the list of sockets has.
	wanted := make(map[string]*socket, len(sockets))
	for i := range sockets {
		wanted[fmt.Sprintf("socket:[%d]", sockets[i].id)] = &sockets[i]
	}
	for _, name := range names("/proc") {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		dir := filepath.Join("/proc", name, "fd")
		for _, file := range names(dir) {
			// filepath.Join would take longer than all the rest: there are thousands of files.
			target, err := os.Readlink(dir + "/" + file)
			if err != nil || !strings.HasPrefix(target, "socket:") {
				continue
			}
			if s := wanted[target]; s != nil {
				s.pid = pid
				delete(wanted, target)
			}
		}
		if len(wanted) == 0 {
			return
		}
	}
}

// names are the entries of a directory, as far as we may see them. A process may end meanwhile.
func names(dir string) []string {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	all, _ := f.Readdirnames(-1)
	return all
}

// newLookUp reads from /proc at each call: it is cheap.
func newLookUp() lookUp { return readProcess }

// readProcess reads "PID (NAME) STATE PARENT ...", in which the name may have any character:
// proc_pid_stat(5). Everybody may read it.
func readProcess(pid int) (process, bool) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return process{}, false
	}
	begin, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if begin < 0 || end < begin {
		return process{}, false
	}
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) < 2 {
		return process{}, false
	}
	parent, err := strconv.Atoi(fields[1])
	return process{name: string(text[begin+1 : end]), parent: parent}, err == nil
}
