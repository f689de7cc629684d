package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"
)

// pack makes an image of these files, and this program the one that was built for it.
func pack(t *testing.T, files map[string]string) *image {
	t.Helper()
	packed := fstest.MapFS{}
	var list strings.Builder
	for path, text := range files {
		packed[path] = &fstest.MapFile{Data: []byte(text), Mode: 0o755}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256([]byte(text)), path)
	}
	packed[sums] = &fstest.MapFile{Data: []byte(list.String()), Mode: 0o644}
	sum := sha256.Sum256([]byte(list.String()))
	before := build
	build = hex.EncodeToString(sum[:])
	t.Cleanup(func() { build = before })
	return &image{files: packed}
}

var twoPrograms = map[string]string{"usr/bin/beam": "#!/bin/sh\n", "usr/bin/modelbeam": "#!/bin/sh\n", "AppRun": "a"}

// inCache is a cache in the way that os.UserCacheDir finds it.
func inCache(t *testing.T) string {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	return filepath.Join(os.Getenv("XDG_CACHE_HOME"), "modelbeam", "appimage")
}

func mustUnpack(t *testing.T, img *image) string {
	t.Helper()
	dir, err := unpacked(img)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func inode(t *testing.T, path string) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	return st.Ino
}

func TestUnpackOnce(t *testing.T) {
	cache := inCache(t)
	img := pack(t, twoPrograms)
	dir := mustUnpack(t, img)
	if want := filepath.Join(cache, build); dir != want {
		t.Errorf("unpacked into %s, want %s", dir, want)
	}
	program := filepath.Join(dir, "usr/bin/modelbeam")
	if info, err := os.Stat(program); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the program cannot be run: %v, %v", info, err)
	}
	first := inode(t, program)
	if mustUnpack(t, img); inode(t, program) != first {
		t.Error("the second start has unpacked it again")
	}
}

func TestUnpackAgainWhatIsDamaged(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"a byte":    func(path string) error { return os.WriteFile(path, []byte("#!/bin/sx\n"), 0o755) },
		"cut short": func(path string) error { return os.Truncate(path, 3) },
		"gone":      os.Remove,
		"the list":  func(path string) error { return os.Remove(filepath.Join(path, "../../..", sums)) },
		"the folder": func(path string) error {
			return os.RemoveAll(filepath.Join(path, "../../.."))
		},
	} {
		t.Run(name, func(t *testing.T) {
			inCache(t)
			img := pack(t, twoPrograms)
			program := filepath.Join(mustUnpack(t, img), "usr/bin/beam")
			if err := damage(program); err != nil {
				t.Fatal(err)
			}
			mustUnpack(t, img)
			if text, err := os.ReadFile(program); err != nil || string(text) != twoPrograms["usr/bin/beam"] {
				t.Errorf("the program is %q, %v", text, err)
			}
		})
	}
}

func TestRefuseDamagedImage(t *testing.T) {
	for name, damage := range map[string]func(fstest.MapFS){
		"another program": func(m fstest.MapFS) { m["usr/bin/beam"].Data = []byte("#!/bin/evil\n") },
		"another list":    func(m fstest.MapFS) { m[sums].Data = append(m[sums].Data, '\n') },
		"no list":         func(m fstest.MapFS) { delete(m, sums) },
		"no program":      func(m fstest.MapFS) { delete(m, "usr/bin/beam") },
		"a link":          func(m fstest.MapFS) { m["AppRun"].Mode = fs.ModeSymlink },
	} {
		t.Run(name, func(t *testing.T) {
			cache := inCache(t)
			img := pack(t, twoPrograms)
			damage(img.files.(fstest.MapFS))
			if dir, err := unpacked(img); err == nil {
				t.Errorf("unpacked into %s", dir)
			}
			if entries, _ := os.ReadDir(cache); slices.ContainsFunc(entries, fs.DirEntry.IsDir) {
				t.Errorf("%v is left behind", entries)
			}
		})
	}
}

// TestRemoveOthers has one build that still runs, and one that does not.
func TestRemoveOthers(t *testing.T) {
	cache := inCache(t)
	var dirs []string
	for _, text := range []string{"still runs", "has ended"} {
		files := map[string]string{"usr/bin/beam": text}
		dirs = append(dirs, mustUnpack(t, pack(t, files)))
	}
	runs, ended := dirs[0], dirs[1]
	release(t, filepath.Join(ended, inUse))
	now := mustUnpack(t, pack(t, twoPrograms))
	for dir, want := range map[string]bool{runs: true, ended: false, now: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %v", dir, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(cache, "lock")); err != nil {
		t.Error(err)
	}
}

// release closes the file that this process holds open at path, as its end would.
func release(t *testing.T, path string) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range fds {
		var fd int
		if at, _ := os.Readlink("/proc/self/fd/" + entry.Name()); at == path {
			if _, err := fmt.Sscan(entry.Name(), &fd); err != nil {
				t.Fatal(err)
			}
			unix.Close(fd)
			return
		}
	}
	t.Fatalf("nobody holds %s", path)
}

func TestManyAtOnce(t *testing.T) {
	inCache(t)
	img := pack(t, twoPrograms)
	inodes := make([]uint64, 16)
	var wg sync.WaitGroup
	for n := range inodes {
		wg.Go(func() {
			dir, err := unpacked(img)
			if err != nil {
				t.Error(err)
				return
			}
			var st unix.Stat_t
			if err := errors.Join(unix.Stat(filepath.Join(dir, "usr/bin/beam"), &st), verify(dir)); err != nil {
				t.Error(err)
			}
			inodes[n] = st.Ino
		})
	}
	wg.Wait()
	if len(slices.Compact(inodes)) != 1 {
		t.Errorf("it was unpacked more than once: %v", inodes)
	}
}

func TestAnotherPlaceWhereTheCacheIsNone(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, cache string){
		"is a file": func(t *testing.T, cache string) { mustWrite(t, filepath.Dir(cache)) },
		"others may write": func(t *testing.T, cache string) {
			if err := errors.Join(os.MkdirAll(cache, 0o700), os.Chmod(cache, 0o777)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cache := inCache(t)
			spoil(t, cache)
			dir := mustUnpack(t, pack(t, twoPrograms))
			if !strings.HasPrefix(dir, os.TempDir()) {
				t.Errorf("unpacked into %s", dir)
			}
		})
	}
}

func mustWrite(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
