package launch

import (
	"errors"
	"strings"
)

// ErrCannotAsk says that this system has nothing that could ask for an administrator's password.
var ErrCannotAsk = errors.New("nothing here can ask for an administrator's password")

// shellQuoted is a command as a POSIX shell reads it.
func shellQuoted(command []string) string {
	quoted := make([]string, len(command))
	for i, arg := range command {
		quoted[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
