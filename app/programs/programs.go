// Package programs knows where our own programs are: modelbeam, the window, and beam, the service and the
// terminal, which stand side by side in one folder. Its functions may be called from any goroutine.
package programs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The files' names, without what Windows puts behind them.
const (
	window  = "modelbeam"
	service = "beam"
)

// Window is the command line that shows the window; nil where beam is installed alone.
func Window() []string {
	if image := AppImage(); image != "" {
		return []string{image}
	}
	if path, err := beside(window); err == nil {
		return []string{path}
	}
	return nil
}

// Hidden is the command line that starts the service and shows nothing, for the system to run when the
// person logs in.
func Hidden() ([]string, error) {
	if show := Window(); show != nil {
		return append(show, "--hidden"), nil
	}
	return Service()
}

// Service is the command line that runs the service until it is asked to end. The error says that beam is
// missing, or that we cannot know where we are.
func Service() ([]string, error) {
	path, err := beside(service)
	if err != nil {
		return nil, err
	}
	return []string{path, "service"}, nil
}

// beside is the path of one of our programs.
func beside(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find out where this program is: %w", err)
	}
	// A link such as ~/bin/beam leads to where the other program is too.
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	path := filepath.Join(filepath.Dir(self), name+suffix)
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return "", fmt.Errorf("the program %s is missing in %s: install Modelbeam again", name, filepath.Dir(self))
	}
	return path, nil
}

// AppImage is the file of the AppImage that we run from, or empty. The folder that we are in is no place to start
// anything from later: it is another one for the next version. See
// https://docs.appimage.org/packaging-guide/environment-variables.html. The variables alone say nothing: a
// terminal that is an AppImage itself hands its own on.
func AppImage() string {
	image, folder := os.Getenv("APPIMAGE"), os.Getenv("APPDIR")
	self, err := os.Executable()
	if image == "" || folder == "" || err != nil {
		return ""
	}
	if inside, err := filepath.Rel(folder, self); err != nil || inside == ".." || strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
		return ""
	}
	return image
}
