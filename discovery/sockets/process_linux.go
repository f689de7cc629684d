package sockets

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// FindProcesses fills in the processes of sockets. On Linux this takes a walk through the open files of all
// processes, which is milliseconds, so it is worth doing only for sockets that are new. Of other users'
// processes only those are found whose arguments name their port, unless we are root. See proc_pid_fd(5).
func FindProcesses(sockets []Socket) {
	findByFiles(sockets)
	if slices.ContainsFunc(sockets, func(s Socket) bool { return s.PID == 0 && s.Account.Known }) {
		findByArguments(sockets)
	}
}

// findByFiles finds processes by their open files. The kernel names the link to a socket after the same number
// that the list of sockets has.
func findByFiles(sockets []Socket) {
	wanted := make(map[string]*Socket, len(sockets))
	for i := range sockets {
		wanted[fmt.Sprintf("socket:[%d]", sockets[i].ID)] = &sockets[i]
	}
	for pid, dir := range processDirs() {
		for _, file := range names(dir + "/fd") {
			// filepath.Join would take longer than all the rest: there are thousands of files.
			target, err := os.Readlink(dir + "/fd/" + file)
			if err != nil || !strings.HasPrefix(target, "socket:") {
				continue
			}
			if s := wanted[target]; s != nil {
				s.PID = pid
				delete(wanted, target)
			}
		}
		if len(wanted) == 0 {
			return
		}
	}
}

// findByArguments finds processes of other users by what everybody may read: whose they are, and the
// arguments that they were started with. Where one server has started another, they name its port.
func findByArguments(sockets []Socket) {
	for pid, dir := range processDirs() {
		uid, ok := ownerOf(dir)
		if !ok {
			continue
		}
		for i := range sockets {
			s := &sockets[i]
			if s.PID == 0 && s.Account.Known && s.Account.UID == uid && hasPort(dir, s.Addr.Port()) {
				s.PID = pid
			}
		}
	}
}

// processDirs are the folders in /proc of all processes there are, by their PIDs.
func processDirs() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for _, name := range names("/proc") {
			if pid, err := strconv.Atoi(name); err == nil && !yield(pid, "/proc/"+name) {
				return
			}
		}
	}
}

// ownerOf is the user who has a folder.
func ownerOf(dir string) (uid uint32, ok bool) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}

// hasPort says that the arguments of the process in dir name a port.
func hasPort(dir string, port uint16) bool {
	line, err := os.ReadFile(filepath.Join(dir, "cmdline"))
	return err == nil && namesPort(line, port)
}

// namesPort reads arguments as proc_pid_cmdline(5) has them, each with a zero byte after it. A port stands in them
// as "--port", "8080"; as "--port=8080"; or as "127.0.0.1:8080". The first is the program itself.
func namesPort(line []byte, port uint16) bool {
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

// Processes reads from /proc at each call, which is cheap.
func Processes() Lookup { return readProcess }

func readProcess(pid int) (Process, bool) {
	line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return Process{}, false
	}
	return parseStat(line)
}

// parseStat reads "PID (NAME) STATE PARENT ...", as proc_pid_stat(5) has it: the name may contain any
// character, parentheses too. Everybody may read the file.
func parseStat(line []byte) (Process, bool) {
	begin, end := bytes.IndexByte(line, '('), bytes.LastIndexByte(line, ')')
	if begin < 0 || end < begin {
		return Process{}, false
	}
	fields := strings.Fields(string(line[end+1:]))
	if len(fields) < 2 {
		return Process{}, false
	}
	parent, err := strconv.Atoi(fields[1])
	return Process{Name: string(line[begin+1 : end]), Parent: parent}, err == nil
}
