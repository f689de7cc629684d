package control

import (
	"errors"
	"net"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// listenTries is how often a pipe is opened because clients came too early.
const listenTries = 100

// listenPipe opens a named pipe. go-winio opens one instance of it only to keep the name. Windows lets nobody connect
// to that, as it can neither be read nor written. Wine does, and who comes first waits there for ever. So that is us.
func listenPipe(name string, config *winio.PipeConfig) (net.Listener, error) {
	for range listenTries {
		pipe, err := winio.ListenPipe(name, config)
		if err != nil || !underWine() {
			return pipe, err
		}
		first, err := occupy(name)
		if err == nil {
			return &occupied{pipe, first}, nil
		}
		_ = pipe.Close() // sends away the client that was quicker than we, which asks again
	}
	return nil, errors.New("a client came too early each time")
}

// underWine tells whether this Windows is Wine, by the function that only Wine has
// (https://gitlab.winehq.org/wine/wine/-/wikis/Developer-FAQ).
func underWine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

// occupy connects to an instance of a pipe that is free, and fails at once where none is.
func occupy(name string) (windows.Handle, error) {
	wide, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return windows.InvalidHandle, err
	}
	return windows.CreateFile(wide, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, 0, 0)
}

// occupied is a pipe whose first instance is ours.
type occupied struct {
	net.Listener
	first windows.Handle
}

func (o *occupied) Close() error {
	return errors.Join(o.Listener.Close(), windows.CloseHandle(o.first))
}
