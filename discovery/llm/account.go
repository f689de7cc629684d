package llm

import (
	"os"
	"os/user"
	"slices"
	"strconv"
)

// account is the user of this system that a program runs as.
type account struct {
	uid   uint32
	known bool // false where the system does not tell
}

// The numbers that are no person's, on Linux: those below 1000 are given to services when they are
// installed, as Ollama's installer does, and systemd lends 61184 to 65519 to services with
// DynamicUser= (https://systemd.io/UIDS-GIDS/).
const (
	firstPerson = 1000
	firstLent   = 61184
	lastLent    = 65519
)

// stranger is the name of another person whose server this is; "" for one of ours, of root, of a
// service's account, and where it is not known. What a stranger's program says of itself proves
// nothing, and a prompt that it gets is read by somebody else.
func (a account) stranger() string {
	if !a.known || a.uid < firstPerson || a.uid >= firstLent && a.uid <= lastLent || slices.Contains(ourselves(), a.uid) {
		return ""
	}
	id := strconv.FormatUint(uint64(a.uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}

// ourselves are the accounts of the person who runs this: also the one who did it with sudo(8).
func ourselves() []uint32 {
	all := []uint32{uint32(os.Geteuid())}
	if id, err := strconv.ParseUint(os.Getenv("SUDO_UID"), 10, 32); err == nil && os.Geteuid() == 0 {
		all = append(all, uint32(id))
	}
	return all
}
