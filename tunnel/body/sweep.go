package body

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// filePrefix begins the names of temporary files.
const filePrefix = "modelbeam-body-"

// fileForm is what os.CreateTemp makes of it. What is called otherwise is somebody's own.
var fileForm = regexp.MustCompile(`^` + filePrefix + `\d+$`)

// Sweep removes the temporary files of this user that were left behind when a Modelbeam was killed
// at the wrong moment, or was one that still gave them names. It takes nothing from one that runs:
// there a file has no name, or cannot be removed while it is open.
func Sweep() error {
	dir := os.TempDir()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look for old bodies: %w", err)
	}
	var failed []error
	for _, e := range entries {
		if !fileForm.MatchString(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil || !isOurs(info) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) && !isInUse(err) {
			failed = append(failed, fmt.Errorf("remove old body: %w", err))
		}
	}
	return errors.Join(failed...)
}
