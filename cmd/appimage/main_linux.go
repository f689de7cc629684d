// Command appimage is the first part of the AppImage, the part that runs: behind it in the same file is
// a squashfs with the programs. It unpacks them once into the person's cache and starts them from there,
// so that it needs neither FUSE nor a process of its own that stays. The form is that of type 2, see
// https://github.com/AppImage/AppImageSpec/blob/master/draft.md.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"modelbeam/app/alert"
)

// build is the SHA-256, in hex, of the list of files in this image, which holds those of the files. The
// linker sets it. It names the folder that the image is unpacked into.
var build string

func main() {
	if err := run(os.Args); err != nil {
		sentence := "Modelbeam cannot start: " + err.Error()
		fmt.Fprintln(os.Stderr, sentence)
		if alert.Needed(os.Stderr) {
			alert.Show(context.Background(), "Modelbeam", sentence)
		}
		os.Exit(1)
	}
}

// run does what one of the options of all AppImages asks for, or starts the program.
func run(argv []string) error {
	path, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find out where this AppImage is: %w", err)
	}
	img, err := open(path)
	if err != nil {
		return err
	}
	defer img.Close()
	if len(argv) > 1 && strings.HasPrefix(argv[1], "--appimage-") && argv[1] != runOption {
		return img.option(argv[1:], os.Stdout)
	}
	dir, err := unpacked(img)
	if err != nil {
		return err
	}
	return start(path, dir, argv)
}

// start becomes the program. It returns only when that failed.
func start(image, dir string, argv []string) error {
	name, args := choose(argv)
	program := filepath.Join(dir, programs, name)
	wd, _ := os.Getwd() // a folder that is gone has no name
	env := environ(os.Environ(), image, dir, argv[0], wd)
	if err := unix.Exec(program, append([]string{program}, args...), env); err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	return nil
}

// environ is the environment of the program: with what all AppImages tell what is in them, see
// https://docs.appimage.org/packaging-guide/environment-variables.html.
func environ(env []string, image, dir, name, wd string) []string {
	set := []string{"APPIMAGE=" + image, "APPDIR=" + dir, "ARGV0=" + name, "OWD=" + wd}
	kept := make([]string, 0, len(env)+len(set))
	for _, entry := range env {
		key, _, _ := strings.Cut(entry, "=")
		if !slices.ContainsFunc(set, func(s string) bool { return strings.HasPrefix(s, key+"=") }) {
			kept = append(kept, entry)
		}
	}
	return append(kept, set...)
}

// choose says which program is meant, and what it is told: beam when the AppImage was called by that
// name, as through a link, or when that is the first word; else the window.
func choose(argv []string) (name string, args []string) {
	args = argv[1:]
	if len(args) > 0 && args[0] == runOption {
		args = args[1:]
	}
	switch {
	case filepath.Base(argv[0]) == "beam":
		return "beam", args
	case len(args) > 0 && args[0] == "beam":
		return "beam", args[1:]
	}
	return "modelbeam", args
}
