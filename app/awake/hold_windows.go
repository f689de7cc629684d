package awake

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sys/windows"
)

var setThreadExecutionState = windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")

// What a thread may ask for; see
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadexecutionstate.
const (
	esSystemRequired = 0x00000001
	esContinuous     = 0x80000000
)

// executionState sets what the thread asks for, and returns what it asked for before.
func executionState(flags uintptr) (before uintptr, err error) {
	before, _, err = setThreadExecutionState.Call(flags)
	if before == 0 {
		return 0, fmt.Errorf("set the execution state: %w", err)
	}
	return before, nil
}

// hold asks on a thread that lasts as long as the lock: what a thread has asked for ends with it.
func hold(context.Context, string) (*lock, error) {
	asked, done, ended := make(chan error), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // and not unlocked, so that the thread ends with us
		_, err := executionState(esContinuous | esSystemRequired)
		asked <- err
		if err == nil {
			<-done
			_, _ = executionState(esContinuous)
		}
	}()
	if err := <-asked; err != nil {
		return nil, err
	}
	return &lock{release: func() {
		close(done)
		<-ended
	}}, nil
}
