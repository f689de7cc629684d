package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// inUse is an empty file in the folder of each build. What runs from there holds a shared lock on it,
// which ends with the process, however that ends.
const inUse = ".in-use"

// unpacked returns the folder with the programs of this image. It unpacks them if they are not there, or
// are not as they were, and removes those of other builds that nothing runs from.
func unpacked(img *image) (string, error) {
	var errs []error
	for _, cache := range caches() {
		dir, err := unpackedIn(cache, img)
		if err == nil {
			return dir, nil
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("nowhere to unpack it: %w", errors.Join(errs...))
}

// caches are the folders to try: the person's cache, and where that cannot be written or run from, a
// folder of theirs among the temporary ones.
func caches() []string {
	var dirs []string
	if dir, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(dir, "modelbeam", "appimage"))
	}
	return append(dirs, filepath.Join(os.TempDir(), "modelbeam-"+strconv.Itoa(os.Getuid())))
}

// unpackedIn does it in one folder. Only one process at a time is in here, so that of two starts at once
// the second finds what the first has unpacked.
func unpackedIn(cache string, img *image) (string, error) {
	if err := own(cache); err != nil {
		return "", err
	}
	all, err := lock(filepath.Join(cache, "lock"), unix.LOCK_EX, unix.O_CLOEXEC)
	if err != nil {
		return "", err
	}
	defer unix.Close(all)
	dir := filepath.Join(cache, build)
	if verify(dir) != nil {
		if err := renew(dir, img); err != nil {
			return "", err
		}
	}
	if err := unix.Access(filepath.Join(dir, programs, "beam"), unix.X_OK); err != nil {
		return "", fmt.Errorf("run programs in %s: %w", dir, err)
	}
	// The program takes this lock along: it is not closed, neither here nor when it starts.
	if _, err := lock(filepath.Join(dir, inUse), unix.LOCK_SH, 0); err != nil {
		return "", err
	}
	removeOthers(cache)
	return dir, nil
}

// own makes the folder if needed, and refuses one that others can write to: what is in it is run.
func own(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR || int(st.Uid) != os.Getuid() || st.Mode&0o022 != 0 {
		return fmt.Errorf("%s is not yours alone", dir)
	}
	return nil
}

// renew unpacks the image beside the folder, looks at every byte that has been written, and puts it in
// the place of the folder. What runs from the old one goes on: its files are kept until it ends.
func renew(dir string, img *image) error {
	fresh := dir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := unpack(img.files, fresh, "", func(string) {}); err != nil {
		return err
	}
	if err := verify(fresh); err != nil {
		return fmt.Errorf("this AppImage is damaged; download it again: %w", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(fresh, dir)
}

// removeOthers removes the builds that nothing runs from. What fails is left for the next start.
func removeOthers(cache string) {
	entries, _ := os.ReadDir(cache)
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == build {
			continue
		}
		dir := filepath.Join(cache, entry.Name())
		held, err := lock(filepath.Join(dir, inUse), unix.LOCK_EX|unix.LOCK_NB, unix.O_CLOEXEC)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(dir)
		_ = unix.Close(held)
	}
}

// lock opens a file, making it if needed, and locks it until it is closed.
func lock(path string, how, flags int) (fd int, err error) {
	fd, err = unix.Open(path, unix.O_RDWR|unix.O_CREAT|flags, 0o600)
	if err != nil {
		return -1, fmt.Errorf("open %s: %w", path, err)
	}
	for {
		err = unix.Flock(fd, how)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, fmt.Errorf("lock %s: %w", path, err)
	}
	return fd, nil
}
