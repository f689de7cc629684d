package main

import (
	"fmt"
	"io"
	"path/filepath"
)

// runOption asks for what always happens here: to unpack, and to run.
const runOption = "--appimage-extract-and-run"

const help = `Options of every AppImage:

  --appimage-extract [PATTERN]  unpack the files in it, or those that match, into ./squashfs-root
  --appimage-extract-and-run    start the program, as without an option: nothing is ever mounted
  --appimage-help               print this
  --appimage-offset             print where in this file its file system begins
  --appimage-version            print the build

"beam" as the first word, or as the name of a link to this file, runs beam: Modelbeam in a terminal.
`

// option does what the first of these words asks for.
func (i *image) option(words []string, out io.Writer) error {
	switch words[0] {
	case "--appimage-help":
		_, err := io.WriteString(out, help)
		return err
	case "--appimage-offset":
		_, err := fmt.Fprintln(out, i.offset)
		return err
	case "--appimage-version":
		_, err := fmt.Fprintln(out, "Version:", build)
		return err
	case "--appimage-extract":
		return i.extract(words[1:], out)
	case "--appimage-mount":
		return fmt.Errorf("%s needs FUSE, which this AppImage does without: use --appimage-extract", words[0])
	}
	return fmt.Errorf("%s is not an option here; see --appimage-help", words[0])
}

func (i *image) extract(patterns []string, out io.Writer) error {
	const dir = "squashfs-root"
	pattern := ""
	if len(patterns) > 0 {
		pattern = patterns[0]
	}
	return unpack(i.files, dir, pattern, func(path string) {
		fmt.Fprintln(out, filepath.Join(dir, path))
	})
}
