package update

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modelbeam/app/launch"
	"modelbeam/app/programs"
)

// way is how one channel puts a new version in place of this one.
type way struct {
	// folder is where the file is downloaded to: what is renamed must be on the same disk.
	folder func(private string) (string, error)
	// apply puts the file at path in place. What runs goes on until it is ended.
	apply func(ctx context.Context, path string) error
	// restarts says that apply itself sees to the end of this service and the start of the new one.
	restarts bool
}

// ways are those of the channels that we can replace.
var ways = map[string]way{
	"appimage": {folder: besideImage, apply: replaceImage},
	"macos":    {folder: besideBundle, apply: replaceBundle},
	"windows":  {folder: func(private string) (string, error) { return private, nil }, apply: runSetup, restarts: true},
}

// besideImage is the folder of the AppImage that we run from.
func besideImage(string) (string, error) {
	image := programs.AppImage()
	if image == "" {
		return "", errors.New("this program does not run from an AppImage")
	}
	return filepath.Dir(image), nil
}

// replaceImage puts a new AppImage in place of the one that we run from, under its name: that is what the menu and
// the start at login know. A rename leaves the old file to those who run from it.
func replaceImage(_ context.Context, path string) error {
	if err := os.Chmod(path, 0o755); err != nil {
		return fmt.Errorf("make the new AppImage a program: %w", err)
	}
	if err := os.Rename(path, programs.AppImage()); err != nil {
		return fmt.Errorf("replace the AppImage: %w", err)
	}
	return nil
}

// runSetup runs the new version's setup, which asks this service to end, and starts the new one when it is done.
// It goes on when we end.
func runSetup(ctx context.Context, path string) error {
	return launch.Run(ctx, []string{path, "/S"}, nil)
}
