package launch

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// shellExecuteInfo is SHELLEXECUTEINFOW.
type shellExecuteInfo struct {
	size                              uint32
	mask                              uint32
	window                            windows.HWND
	verb, file, parameters, directory *uint16
	show                              int32
	_                                 windows.Handle // hInstApp
	_                                 uintptr        // lpIDList
	_                                 *uint16        // lpClass
	_                                 windows.Handle // hkeyClass
	_                                 uint32         // dwHotKey
	_                                 windows.Handle // hIcon
	process                           windows.Handle
}

const seeMaskNoCloseProcess = 0x40

var shellExecuteEx = windows.NewLazySystemDLL("shell32.dll").NewProc("ShellExecuteExW")

// Elevated runs a command with the rights of an administrator, for which Windows asks the person once, and waits for its
// end or that of ctx. There is no other way to ask for them than the verb "runas" of ShellExecuteExW.
func Elevated(ctx context.Context, command []string) error {
	process, err := runAs(command)
	if err != nil {
		return fmt.Errorf("run %q: %w", command, err)
	}
	defer windows.CloseHandle(process)
	for ctx.Err() == nil {
		event, err := windows.WaitForSingleObject(process, uint32(endedEvery/time.Millisecond))
		if err != nil {
			return err
		}
		if event == uint32(windows.WAIT_TIMEOUT) {
			continue
		}
		var code uint32
		if err := windows.GetExitCodeProcess(process, &code); err != nil || code != 0 {
			return fmt.Errorf("run %q: exit code %d: %w", command, code, errFailed)
		}
		return nil
	}
	return ctx.Err()
}

func runAs(command []string) (windows.Handle, error) {
	file, err := exec.LookPath(command[0])
	if err != nil {
		return 0, err
	}
	info := shellExecuteInfo{mask: seeMaskNoCloseProcess, show: windows.SW_HIDE}
	info.size = uint32(unsafe.Sizeof(info))
	for _, text := range []struct {
		into **uint16
		text string
	}{{&info.verb, "runas"}, {&info.file, file}, {&info.parameters, arguments(command)}} {
		if *text.into, err = windows.UTF16PtrFromString(text.text); err != nil {
			return 0, err
		}
	}
	if ok, _, err := shellExecuteEx.Call(uintptr(unsafe.Pointer(&info))); ok == 0 {
		return 0, err
	}
	return info.process, nil
}

// arguments are a program's as one text. What follows the /c of cmd.exe is a line that it reads by its own rules, in
// which a backslash escapes nothing.
func arguments(command []string) string {
	if len(command) == 3 && strings.EqualFold(filepath.Base(command[0]), "cmd.exe") && command[1] == "/c" {
		return "/c " + command[2]
	}
	return windows.ComposeCommandLine(command[1:])
}
