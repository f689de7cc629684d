package update

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// bundleOf is the .app that a program is in, or empty.
func bundleOf(program string) string {
	bundle := filepath.Dir(filepath.Dir(filepath.Dir(program))) // X.app/Contents/MacOS/program
	if filepath.Ext(bundle) != ".app" {
		return ""
	}
	return bundle
}

func ownBundle() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	if bundle := bundleOf(self); bundle != "" {
		return bundle, nil
	}
	return "", errors.New("this program does not run from an app")
}

func besideBundle(string) (string, error) {
	bundle, err := ownBundle()
	return filepath.Dir(bundle), err
}

// replaceBundle puts the app in a zip file in place of ours, as a whole: a program alone would break the app's
// signature.
func replaceBundle(_ context.Context, path string) error {
	defer os.Remove(path)
	bundle, err := ownBundle()
	if err != nil {
		return err
	}
	return swapBundle(path, bundle)
}

func swapBundle(archive, bundle string) error {
	fresh, err := os.MkdirTemp(filepath.Dir(bundle), ".modelbeam-new-")
	if err != nil {
		return fmt.Errorf("make room for the new app: %w", err)
	}
	defer os.RemoveAll(fresh)
	if err := unpack(archive, fresh); err != nil {
		return fmt.Errorf("unpack the new app: %w", err)
	}
	apps, err := filepath.Glob(filepath.Join(fresh, "*.app"))
	if err != nil || len(apps) != 1 {
		return fmt.Errorf("the archive has %d apps in it, want one", len(apps))
	}
	old := filepath.Join(fresh, "old")
	if err := os.Rename(bundle, old); err != nil {
		return fmt.Errorf("move the old app away: %w", err)
	}
	if err := os.Rename(apps[0], bundle); err != nil {
		return errors.Join(fmt.Errorf("put the new app in place: %w", err), os.Rename(old, bundle))
	}
	return nil
}

// unpack writes what is in a zip file below folder, which exists.
func unpack(archive, folder string) error {
	r, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer r.Close()
	root, err := os.OpenRoot(folder) // nothing gets out of it, by dots or by links
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range r.File {
		if err := unpackOne(root, f); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func unpackOne(root *os.Root, f *zip.File) error {
	name := filepath.FromSlash(strings.TrimSuffix(f.Name, "/"))
	if f.Mode().IsDir() {
		return root.MkdirAll(name, 0o755)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	if f.Mode()&os.ModeSymlink != 0 {
		target, err := io.ReadAll(io.LimitReader(in, 4096))
		if err != nil {
			return err
		}
		return root.Symlink(string(target), name)
	}
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode().Perm()&0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, maxFile))
	return errors.Join(err, out.Close())
}
