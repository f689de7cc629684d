package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// TestNothingIsLeftOfAnUpload kills beam in the middle of uploads. Nobody finds the photos afterwards,
// nor those that an older version left with a name.
func TestNothingIsLeftOfAnUpload(t *testing.T) {
	server := serveFake(t, func(w http.ResponseWriter, _ *http.Request) { count(w) }, householdModel)
	state := filepath.Join(t.TempDir(), "state")
	beamCommand(t) // builds it, elsewhere
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	old := filepath.Join(temporary, "modelbeam-body-123456")
	if err := os.WriteFile(old, []byte("an older photo"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := startBeamIn(t, state, "--server", server.URL)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("what was left by an older version is still there: %v", err)
	}
	key := b.addDevice(t, "phone").Key
	for range 3 {
		conn, err := net.Dial("tcp", b.ready.Listen)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n{\"model\":%q,\"photo\":\"%s",
			b.ready.Listen, key, 20<<20, householdModel, strings.Repeat("QUJD", 1<<20))
	}
	await.True(t, "three uploads to be on the disk", func() bool { return b.openFiles(t, temporary) == 3 })
	assertEmpty(t, temporary, "while they are under way")
	b.kill()
	assertEmpty(t, temporary, "after a kill")
}

// openFiles is how many files of a folder the process has open.
func (p *process) openFiles(t *testing.T, folder string) int {
	t.Helper()
	fds := fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid)
	all, err := os.ReadDir(fds)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, fd := range all {
		if target, err := os.Readlink(filepath.Join(fds, fd.Name())); err == nil && strings.HasPrefix(target, folder+"/") {
			n++
		}
	}
	return n
}

func assertEmpty(t *testing.T, folder, when string) {
	t.Helper()
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%s anybody finds %v, %v", when, left, err)
	}
}
