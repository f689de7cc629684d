package memory

import (
	"os"
	"slices"
	"testing"
)

func TestUnchanged(t *testing.T) {
	const smaps = `00400000-00aa8000 r-xp 00000000 fe:00 109                  /opt/modelbeam/beam
Size:               6816 kB
Rss:                5984 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me sd
00aa8000-01235000 r--p 006a8000 fe:00 109                  /opt/modelbeam/beam
Rss:                7028 kB
Anonymous:             4 kB
01235000-012ab000 rw-p 00e35000 fe:00 109                  /opt/modelbeam/beam
Anonymous:             0 kB
1db9fe400000-1db9ff800000 r--p 00000000 00:00 0
Anonymous:             0 kB
7fea4c159000-7fea4c17f000 r--p 00000000 fe:00 326                     /usr/lib/with blanks/libc.so.6
Anonymous:             0 kB
7fea4c200000-7fea4c300000 r--s 00000000 fe:00 327                     /run/shared
Anonymous:             0 kB
7ffd8a5f0000-7ffd8a5f2000 r-xp 00000000 00:00 0                          [vdso]
Anonymous:             0 kB
`
	want := []mapping{{0x400000, 0xaa8000}, {0x7fea4c159000, 0x7fea4c17f000}}
	if got := unchanged([]byte(smaps)); !slices.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
	if got := unchanged([]byte("nonsense\n\n: x\n")); len(got) > 0 {
		t.Errorf("of nonsense: %x", got)
	}
}

// This program has code that is not written to, and goes on without its pages.
func TestUnmapFiles(t *testing.T) {
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	if len(unchanged(smaps)) == 0 {
		t.Error("nothing of this program is unchanged")
	}
	unmapFiles()
}
