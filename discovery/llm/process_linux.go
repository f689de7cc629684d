package llm

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// findOwners fills in the processes of sockets, which on Linux takes a walk through the open files
// of all processes: milliseconds, so only for sockets that are new. Of other users' processes only
// those are found that say their port themselves, unless we are root. See proc_pid_fd(5).
func findOwners(sockets []socket) {
	findByFiles(sockets)
	if slices.ContainsFunc(sockets, func(s socket) bool { return s.pid == 0 && s.of.known }) {
		findByArguments(sockets)
	}
}

func findByFiles(sockets []socket) {
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

// findByArguments finds processes of other users by what everybody may read: whose they are, and the
// arguments that they were started with, which name the port where one server has started another.
func findByArguments(sockets []socket) {
	for _, name := range names("/proc") {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		dir := filepath.Join("/proc", name)
		info, err := os.Stat(dir)
		if err != nil {
			continue
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			continue
		}
		for i := range sockets {
			s := &sockets[i]
			if s.pid == 0 && s.of.known && s.of.uid == stat.Uid && hasPort(dir, s.at.Port()) {
				s.pid = pid
			}
		}
	}
}

// hasPort says that the arguments of the process in dir name a port: "--port", "8080"; "--port=8080";
// "127.0.0.1:8080".
func hasPort(dir string, port uint16) bool {
	line, err := os.ReadFile(filepath.Join(dir, "cmdline"))
	if err != nil {
		return false
	}
	digits := strconv.Itoa(int(port))
	for i, arg := range strings.Split(string(line), "\x00") {
		before, named := strings.CutSuffix(arg, digits)
		if i > 0 && named && (before == "" || strings.HasSuffix(before, "=") || strings.HasSuffix(before, ":")) {
			return true
		}
	}
	return false
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
