package sockets

import (
	"os"
	"os/user"
	"slices"
	"strconv"
)

// Account is the user of this system that a program runs as. Two that are known can be compared with ==.
type Account struct {
	UID   uint32
	Known bool // false where the system does not tell, as on Windows and macOS
}

// The numbers that are no person's, on Linux: those below 1000 are given to services when they are
// installed, as Ollama's installer does, and systemd lends 61184 to 65519 to services with
// DynamicUser= (https://systemd.io/UIDS-GIDS/).
const (
	firstPerson = 1000
	firstLent   = 61184
	lastLent    = 65519
)

// Stranger is the login name, or the number, of another person whose account this is. It is empty for our own,
// for root's and services', and where the account is not known. What a stranger's program says of itself
// proves nothing, and whatever it is sent, somebody else can read.
func (a Account) Stranger() string {
	if !a.Known || a.UID < firstPerson || a.UID >= firstLent && a.UID <= lastLent || slices.Contains(ourselves(), a.UID) {
		return ""
	}
	id := strconv.FormatUint(uint64(a.UID), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}

// ourselves are the accounts of the person who runs this program, also of one who did so through sudo(8).
func ourselves() []uint32 {
	all := []uint32{uint32(os.Geteuid())}
	if id, err := strconv.ParseUint(os.Getenv("SUDO_UID"), 10, 32); err == nil && os.Geteuid() == 0 {
		all = append(all, uint32(id))
	}
	return all
}
