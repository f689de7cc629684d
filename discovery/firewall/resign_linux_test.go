package firewall

import (
	"os"
	"syscall"
	"testing"
)

// envNobody has TestHelperLook give up its rights first.
const envNobody = "MODELBEAM_TEST_NOBODY"

func resign(t *testing.T) {
	t.Helper()
	if os.Getenv(envNobody) == "" {
		return
	}
	const nobody = 65534
	for _, give := range []func() error{
		func() error { return syscall.Setgroups(nil) },
		func() error { return syscall.Setgid(nobody) },
		func() error { return syscall.Setuid(nobody) },
	} {
		if err := give(); err != nil {
			t.Fatal(err)
		}
	}
}
