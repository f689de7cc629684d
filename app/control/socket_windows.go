package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// Listen opens the named pipe of the service that holds the state folder dir; the caller closes it. Only
// whoever holds the folder's lock may call it. Nobody but this user can open the pipe: that is what its
// security descriptor says, in the language of
// https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format.
func Listen(dir string) (net.Listener, error) {
	user, err := currentUser()
	if err != nil {
		return nil, err
	}
	name, err := pipeName(dir, user)
	if err != nil {
		return nil, err
	}
	pipe, err := listenPipe(name, &winio.PipeConfig{
		// The owner is named: what an elevated process makes belongs to the administrators otherwise.
		SecurityDescriptor: "O:" + user.String() + "D:P(A;;GA;;;" + user.String() + ")",
		InputBufferSize:    1 << 16, OutputBufferSize: 1 << 16,
	})
	if err != nil {
		return nil, fmt.Errorf("open the control pipe: %w", err)
	}
	return pipe, nil
}

// dial connects to the service of the state folder dir. The error is ErrNotRunning where there is none.
func dial(ctx context.Context, dir string) (net.Conn, error) {
	user, err := currentUser()
	if err != nil {
		return nil, err
	}
	name, err := pipeName(dir, user)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, helloWithin) // it asks again and again while the pipe is busy
	defer cancel()
	conn, err := winio.DialPipeContext(ctx, name)
	if errors.Is(err, os.ErrPermission) {
		return nil, &OwnerError{Dir: dir}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	if err := ownedBy(conn, user); err != nil {
		return nil, errors.Join(&OwnerError{Dir: dir}, err, conn.Close())
	}
	return conn, nil
}

// ownPeer lets everybody in: whoever could open the pipe is this user.
func ownPeer(net.Conn) error { return nil }

// ownedBy refuses a pipe of another user's program, which may have taken the name before us. Nobody else can
// make us the owner of what is theirs.
func ownedBy(conn net.Conn, user *windows.SID) error {
	pipe, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return errors.New("not a pipe")
	}
	descriptor, err := windows.GetSecurityInfo(windows.Handle(pipe.Fd()), windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("ask who owns the pipe: %w", err)
	}
	owner, _, err := descriptor.Owner()
	if err != nil {
		return fmt.Errorf("ask who owns the pipe: %w", err)
	}
	if !owner.Equals(user) {
		return fmt.Errorf("the pipe is of %s", owner)
	}
	return nil
}

func currentUser() (*windows.SID, error) {
	token, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, fmt.Errorf("find out who we are: %w", err)
	}
	return token.User.Sid, nil
}

// pipeName is one for each user and state folder. Windows does not tell large letters of a path from small.
func pipeName(dir string, user *windows.SID) (string, error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the state folder: %w", err)
	}
	sum := sha256.Sum256([]byte(user.String() + "\n" + strings.ToLower(whole)))
	return `\\.\pipe\modelbeam-` + hex.EncodeToString(sum[:8]), nil
}
